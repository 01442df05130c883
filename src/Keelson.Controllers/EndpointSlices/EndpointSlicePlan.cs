using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Services;
using Keelson.Machinery.Values;
using EndpointPort = Keelson.Api.Discovery.V1.EndpointPort;

namespace Keelson.Controllers.EndpointSlices;

/// <summary>What the endpoint slice controller sees of one service.</summary>
/// <param name="Service">The service.</param>
/// <param name="Pods">The pods that it selects.</param>
/// <param name="Slices">The slices of it that the controller manages.</param>
/// <param name="NodeOf">Finds a node.</param>
internal sealed record EndpointSliceSnapshot(
    Service Service, IReadOnlyList<Pod> Pods, IReadOnlyList<EndpointSlice> Slices, Func<string, Node?> NodeOf);

/// <summary>Which slices to write.</summary>
internal sealed record EndpointSlicePlan(
    IReadOnlyList<EndpointSlice> Create, IReadOnlyList<EndpointSlice> Update, IReadOnlyList<EndpointSlice> Delete)
{
    /// <summary>The most endpoints a slice (<c>--max-endpoints-per-slice</c>).</summary>
    public const int LargestSlice = 100;

    /// <summary>Decides.</summary>
    public static EndpointSlicePlan Compute(EndpointSliceSnapshot snapshot) => new EndpointSliceStep(snapshot).Run();
}

/// <summary>One look at a service's slices.</summary>
internal sealed class EndpointSliceStep(EndpointSliceSnapshot snapshot)
{
    private readonly Service _service = snapshot.Service;
    private readonly List<EndpointSlice> _create = [];
    private readonly List<EndpointSlice> _update = [];
    private readonly List<EndpointSlice> _delete = [];

    /// <summary>Decides.</summary>
    public EndpointSlicePlan Run()
    {
        string[] families = Families();
        foreach (string family in families)
        {
            Reconcile(family);
        }

        _delete.AddRange(snapshot.Slices.Where(one => !families.Contains(one.AddressType)));
        return new(_create, _update, _delete);
    }

    private string[] Families()
    {
        if (_service.Spec.IpFamilies.Count > 0)
        {
            return [.. _service.Spec.IpFamilies];
        }

        return ["IPv4"];
    }

    private void Reconcile(string family)
    {
        Dictionary<PortsKey, List<Endpoint>> wanted = [];
        foreach (Pod pod in snapshot.Pods)
        {
            if (ServiceTargets.AddressOn(pod, family) is { } address && !PodFacts.IsEnded(pod))
            {
                PortsKey ports = new(PortsOn(pod));
                (wanted.TryGetValue(ports, out List<Endpoint>? list) ? list : wanted[ports] = []).Add(
                    EndpointFor(pod, address));
            }
        }

        ILookup<PortsKey, EndpointSlice> existing = snapshot.Slices
            .Where(one => one.AddressType == family)
            .ToLookup(static one => new PortsKey(one.Ports));
        bool isAny = false;
        foreach (PortsKey ports in wanted.Keys)
        {
            isAny |= Place(family, ports, WithHints(wanted[ports]), [.. existing[ports]]);
        }

        EndpointSlice[] unused = [.. existing.Where(one => !wanted.ContainsKey(one.Key)).SelectMany(static one => one)];
        if (isAny)
        {
            _delete.AddRange(unused);
            return;
        }

        // A service without endpoints keeps one empty slice, by which others see that it is looked after.
        EndpointSlice empty = Empty(family);
        EndpointSlice? kept = unused.FirstOrDefault(one => IsSame(one, empty));
        if (kept is not null)
        {
            _delete.AddRange(unused.Where(one => one != kept));
        }
        else if (unused.Length > 0)
        {
            _update.Add(Dressed(unused[0] with { Endpoints = empty.Endpoints, Ports = empty.Ports }));
            _delete.AddRange(unused[1..]);
        }
        else
        {
            _create.Add(empty);
        }
    }

    /// <summary>
    /// Puts endpoints into slices so that few slices change: what is in one stays there, gaps are filled first in those
    /// that are written anyway.
    /// </summary>
    private bool Place(string family, PortsKey ports, List<Endpoint> wanted, EndpointSlice[] existing)
    {
        Dictionary<string, Endpoint> open = [];
        foreach (Endpoint one in wanted)
        {
            open[KeyOf(one)] = one;
        }

        List<(EndpointSlice Slice, List<Endpoint> Endpoints, bool IsChanged)> slices = [];
        foreach (EndpointSlice slice in existing)
        {
            List<Endpoint> kept = [];
            bool isChanged = !IsSame(slice, Dressed(slice));
            foreach (Endpoint old in slice.Endpoints)
            {
                if (open.Remove(KeyOf(old), out Endpoint? now))
                {
                    isChanged |= !now.Equals(old);
                    kept.Add(now);
                }
                else
                {
                    isChanged = true;
                }
            }

            slices.Add((slice, kept, isChanged));
        }

        Queue<Endpoint> rest = new(open.Values);
        for (int i = 0; i < slices.Count; i++)
        {
            if (slices[i].IsChanged)
            {
                Fill(slices[i].Endpoints, rest);
            }
        }

        // What is left goes into one that has room for all of it, if there is one, else into new ones.
        int roomy = slices.FindIndex(one => !one.IsChanged && rest.Count > 0
            && one.Endpoints.Count + rest.Count <= EndpointSlicePlan.LargestSlice);
        if (roomy >= 0)
        {
            Fill(slices[roomy].Endpoints, rest);
            slices[roomy] = slices[roomy] with { IsChanged = true };
        }

        bool isAny = false;
        foreach ((EndpointSlice slice, List<Endpoint> endpoints, bool isChanged) in slices)
        {
            isAny |= endpoints.Count > 0;
            if (endpoints.Count == 0)
            {
                _delete.Add(slice);
            }
            else if (isChanged)
            {
                _update.Add(Dressed(slice with { Endpoints = endpoints.ToApiList() }));
            }
        }

        while (rest.Count > 0)
        {
            isAny = true;
            List<Endpoint> endpoints = [];
            Fill(endpoints, rest);
            _create.Add(Empty(family) with { Endpoints = endpoints.ToApiList(), Ports = ports.Ports });
        }

        return isAny;
    }

    private static void Fill(List<Endpoint> endpoints, Queue<Endpoint> rest)
    {
        while (endpoints.Count < EndpointSlicePlan.LargestSlice && rest.TryDequeue(out Endpoint? one))
        {
            endpoints.Add(one);
        }
    }

    private static string KeyOf(Endpoint endpoint) => endpoint.TargetRef?.Uid + "|" + endpoint.Addresses[0];

    private static bool IsSame(EndpointSlice left, EndpointSlice right) =>
        left.Endpoints == right.Endpoints && left.Ports == right.Ports && left.Metadata.Labels == right.Metadata.Labels
        && left.Metadata.OwnerReferences == right.Metadata.OwnerReferences;

    private EndpointSlice Empty(string family) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            GenerateName = _service.Metadata.Name + "-",
            Namespace = _service.Metadata.Namespace,
            Labels = SliceLabels.Of(_service),
            OwnerReferences = [Owner.ControllerReference(_service)],
            Annotations = Trigger(default),
        },
        AddressType = family,
        Endpoints = ApiList.Create<Endpoint>([]),
    };

    private EndpointSlice Dressed(EndpointSlice slice) => slice with
    {
        Metadata = slice.Metadata with
        {
            Labels = SliceLabels.Of(_service),
            OwnerReferences = [Owner.ControllerReference(_service)],
            Annotations = Trigger(slice.Metadata.Annotations),
        },
    };

    /// <summary>When what led to the endpoints happened: the newest readiness of a pod, or the service's
    /// creation.</summary>
    private ApiMap<string> Trigger(ApiMap<string> annotations)
    {
        Time newest = _service.Metadata.CreationTimestamp;
        foreach (Pod pod in snapshot.Pods)
        {
            Time ready = PodFacts.Condition(pod, PodConditionType.Ready)?.LastTransitionTime ?? default;
            newest = ready.CompareTo(newest) > 0 ? ready : newest;
        }

        return annotations.With(
            "endpoints.kubernetes.io/last-change-trigger-time",
            newest.Instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    private ApiList<EndpointPort> PortsOn(Pod pod)
    {
        List<EndpointPort> ports = [];
        foreach (ServicePort one in _service.Spec.Ports)
        {
            if (ServiceTargets.PortOn(pod, one) is { } number)
            {
                ports.Add(new EndpointPort { Name = one.Name, Protocol = one.Protocol, Port = number, AppProtocol = one.AppProtocol });
            }
        }

        return ports.ToApiList();
    }

    private Endpoint EndpointFor(Pod pod, string address)
    {
        bool serving = PodFacts.IsReady(pod);
        bool terminating = pod.Metadata.DeletionTimestamp is not null;
        string? zone = snapshot.NodeOf(pod.Spec.NodeName)?.Metadata.Labels.GetValueOrDefault(
            "topology.kubernetes.io/zone");
        return new Endpoint
        {
            Addresses = [address],
            Conditions = new EndpointConditions
            {
                Ready = _service.Spec.PublishNotReadyAddresses || (serving && !terminating),
                Serving = serving,
                Terminating = terminating,
            },
            Hostname = ServiceTargets.HostnameIn(_service, pod),
            NodeName = pod.Spec.NodeName.Length == 0 ? null : pod.Spec.NodeName,
            Zone = string.IsNullOrEmpty(zone) ? null : zone,
            TargetRef = new ObjectReference
            {
                Kind = "Pod",
                Namespace = pod.Metadata.Namespace,
                Name = pod.Metadata.Name,
                Uid = pod.Metadata.Uid,
            },
        };
    }

    /// <summary>Who should use which endpoint, where the service wants traffic to stay near.</summary>
    private List<Endpoint> WithHints(List<Endpoint> endpoints)
    {
        string? near = _service.Spec.TrafficDistribution;
        bool byZone = near is "PreferClose" or "PreferSameZone" or "PreferSameNode";
        if (!byZone)
        {
            return endpoints;
        }

        return
        [
            .. endpoints.Select(one => one.Zone is null || one.Conditions.Ready != true ? one : one with
            {
                Hints = new EndpointHints
                {
                    ForZones = [new ForZone { Name = one.Zone }],
                    ForNodes = near == "PreferSameNode" && one.NodeName is { } node
                        ? [new ForNode { Name = node }]
                        : default,
                },
            }),
        ];
    }

    /// <summary>The ports of a slice, compared by value: endpoints with the same ports share slices.</summary>
    private readonly record struct PortsKey(ApiList<EndpointPort> Ports);
}
