using Keelson.Api.Core.V1;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Services;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Endpoints;

/// <summary>
/// Addresses by the ports they offer. Ports that are offered by the same addresses share a subset: pods a and b with
/// port 80 and b with port 443 as well become {a, b: 80} and {b: 443}.
/// </summary>
internal static class EndpointSubsets
{
    /// <summary>The subsets of a service. Upstream orders them by a hash that means nothing; here they are ordered by
    /// what is in them.</summary>
    public static ApiList<EndpointSubset> Of(Service service, IReadOnlyList<Pod> pods)
    {
        string family = service.Spec.IpFamilies.Count > 0 ? service.Spec.IpFamilies[0] : "IPv4";
        List<(EndpointAddress Address, Pod Pod, bool IsReady)> addresses = [];
        foreach (Pod pod in pods)
        {
            if (IsListed(service, pod) && ServiceTargets.AddressOn(pod, family) is { } ip)
            {
                bool isReady = service.Spec.PublishNotReadyAddresses || PodFacts.IsReady(pod);
                addresses.Add((AddressOf(service, pod, ip), pod, isReady));
            }
        }

        addresses.Sort(static (a, b) => Compare(a.Address, b.Address));
        if (service.Spec.Ports.Count == 0)
        {
            return ServiceTargets.IsHeadless(service) && addresses.Count > 0
                ? [Subset(default, [.. addresses.Select(static one => (one.Address, one.IsReady))])]
                : default;
        }

        Dictionary<EndpointPort, List<(EndpointAddress Address, bool IsReady)>> byPort = [];
        foreach (ServicePort port in service.Spec.Ports)
        {
            foreach ((EndpointAddress address, Pod pod, bool isReady) in addresses)
            {
                if (ServiceTargets.PortOn(pod, port) is { } number)
                {
                    EndpointPort offered = new()
                    {
                        Name = port.Name,
                        Port = number,
                        Protocol = port.Protocol,
                        AppProtocol = port.AppProtocol,
                    };
                    (byPort.TryGetValue(offered, out var list) ? list : byPort[offered] = []).Add((address, isReady));
                }
            }
        }

        return byPort
            .GroupBy(static one => string.Join(' ', one.Value.Select(KeyOf)), StringComparer.Ordinal)
            .Select(static group => Subset(
                group.Select(static one => one.Key)
                    .OrderBy(static one => one.Name, StringComparer.Ordinal)
                    .ThenBy(static one => one.Port)
                    .ThenBy(static one => one.Protocol, StringComparer.Ordinal)
                    .ToApiList(),
                group.First().Value))
            .OrderBy(static one => one.Ports[0].Port)
            .ThenBy(static one => one.Ports[0].Name, StringComparer.Ordinal)
            .ToApiList();
    }

    /// <summary>As many addresses as there is room for: ready ones first, each subset in proportion.</summary>
    public static ApiList<EndpointSubset> Fitted(ApiList<EndpointSubset> subsets, int capacity)
    {
        int ready = subsets.Sum(static one => one.Addresses.Count);
        int notReady = subsets.Sum(static one => one.NotReadyAddresses.Count);
        if (ready + notReady <= capacity)
        {
            return subsets;
        }

        bool tooManyReady = ready > capacity;
        int room = tooManyReady ? capacity : capacity - ready;
        int total = tooManyReady ? ready : notReady;
        int left = room;
        List<EndpointSubset> fitted = [];
        foreach (EndpointSubset one in subsets)
        {
            ApiList<EndpointAddress> cut = tooManyReady ? one.Addresses : one.NotReadyAddresses;

            // Rounded up, until the room is used.
            int share = Math.Min(left, (int)(((long)cut.Count * room + total - 1) / total));
            left -= share;
            ApiList<EndpointAddress> kept = share == 0 ? default : cut.Take(share).ToApiList();
            fitted.Add(tooManyReady
                ? one with { Addresses = kept, NotReadyAddresses = default }
                : one with { NotReadyAddresses = kept });
        }

        return fitted.ToApiList();
    }

    /// <summary>A pod that has ended is not listed; one that is going away only where unready ones are
    /// published.</summary>
    private static bool IsListed(Service service, Pod pod) => !PodFacts.IsEnded(pod)
        && (pod.Metadata.DeletionTimestamp is null || service.Spec.PublishNotReadyAddresses);

    private static EndpointAddress AddressOf(Service service, Pod pod, string ip) => new()
    {
        Ip = ip,
        Hostname = ServiceTargets.HostnameIn(service, pod) ?? "",
        NodeName = pod.Spec.NodeName,
        TargetRef = new ObjectReference
        {
            Kind = "Pod",
            Namespace = pod.Metadata.Namespace,
            Name = pod.Metadata.Name,
            Uid = pod.Metadata.Uid,
        },
    };

    private static EndpointSubset Subset(
        ApiList<EndpointPort> ports, IReadOnlyList<(EndpointAddress Address, bool IsReady)> addresses) => new()
        {
            Addresses = Some(addresses.Where(static one => one.IsReady)),
            NotReadyAddresses = Some(addresses.Where(static one => !one.IsReady)),
            Ports = ports,
        };

    private static ApiList<EndpointAddress> Some(IEnumerable<(EndpointAddress Address, bool IsReady)> addresses)
    {
        EndpointAddress[] all = [.. addresses.Select(static one => one.Address)];
        return all.Length == 0 ? default : all;
    }

    private static string KeyOf((EndpointAddress Address, bool IsReady) one) =>
        one.Address.Ip + "/" + one.Address.TargetRef!.Uid;

    private static int Compare(EndpointAddress a, EndpointAddress b)
    {
        int order = string.CompareOrdinal(a.Ip, b.Ip);
        return order != 0 ? order : string.CompareOrdinal(a.TargetRef!.Uid, b.TargetRef!.Uid);
    }
}
