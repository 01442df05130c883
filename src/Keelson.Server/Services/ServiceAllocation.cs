using System.Globalization;
using System.Net;
using System.Net.Sockets;
using IPAddress = System.Net.IPAddress;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Services;

/// <summary>
/// Gives services their cluster addresses and node ports. An address is taken by making its IPAddress object, so that
/// two servers on one store can't give it twice; ports are counted from the services there are, under a lock.
/// </summary>
internal sealed class ServiceAllocation(ObjectStorage storage, IObjectLookup lookup, ApiServerConfig config) : IWriteGuard
{
    private const int Attempts = 200;
    private static readonly FieldPath Addresses = FieldPath.Of("spec").Child("clusterIPs");

    private readonly Lock _gate = new();
    private readonly HashSet<int> _pendingPorts = [];
    private readonly IPNetwork[] _ranges = [.. config.ServiceClusterIPRanges.Select(IPNetwork.Parse)];

    public bool Guards(ApiKind kind, string subresource) =>
        kind.Info is { Group: "", Resource: "services" } && subresource.Length == 0;

    public async ValueTask<ApiResult<GuardedWrite>> BeforeAsync(
        ApiRequest request, IObject obj, IObject? old, CancellationToken cancellationToken)
    {
        Service service = (Service)obj;
        Service? before = (Service?)old;
        FieldErrors errors = new();
        string[] families = [.. _ranges.Select(FamilyOf)];
        ServiceSpec spec = ServiceFamilies.Decide(service.Spec, before?.Spec, families, errors);
        if (errors.Count > 0)
        {
            return Invalid(service, errors);
        }

        List<string> takenAddresses = [];
        List<int> takenPorts = [];
        spec = await WithAddressesAsync(
            request, service, spec, before?.Spec, takenAddresses, errors, cancellationToken);
        if (errors.Count == 0)
        {
            spec = WithPorts(spec, before?.Spec, takenPorts, errors);
        }

        if (errors.Count > 0)
        {
            await ReleaseAsync(takenAddresses, takenPorts, cancellationToken);
            return Invalid(service, errors);
        }

        ApiList<string> kept = spec.ClusterIPs;
        return new GuardedWrite(service with { Spec = spec }, async stored =>
        {
            if (!stored || request.DryRun)
            {
                await ReleaseAsync(takenAddresses, [], CancellationToken.None);
            }
            else if (before is not null)
            {
                await ReleaseAsync(
                    [.. before.Spec.ClusterIPs.Where(one => IPAddress.TryParse(one, out _) && !kept.Contains(one))],
                    [],
                    CancellationToken.None);
            }

            lock (_gate)
            {
                _pendingPorts.ExceptWith(takenPorts);
            }
        });
    }

    public ValueTask DeletedAsync(IObject obj, CancellationToken cancellationToken) =>
        ReleaseAsync(
            [.. ((Service)obj).Spec.ClusterIPs.Where(one => IPAddress.TryParse(one, out _))], [], cancellationToken);

    private static string FamilyOf(IPNetwork range) =>
        range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? IPFamily.IPv6 : IPFamily.IPv4;

    private static Status Invalid(Service service, FieldErrors errors) =>
        ApiErrors.Invalid("", "Service", service.Metadata.Name, errors);

    private async ValueTask<ServiceSpec> WithAddressesAsync(
        ApiRequest request,
        Service service,
        ServiceSpec spec,
        ServiceSpec? old,
        List<string> taken,
        FieldErrors errors,
        CancellationToken cancellationToken)
    {
        if (!ServiceTypes.NeedsClusterIP(spec) || ServiceTypes.IsHeadless(spec) || spec.ClusterIP == "None")
        {
            return spec.ClusterIP == "None" && spec.ClusterIPs.Count == 0 ? spec with { ClusterIPs = ["None"] } : spec;
        }

        List<string> addresses = [.. spec.ClusterIPs];
        for (int i = 0; i < Math.Max(spec.IpFamilies.Count, 1); i++)
        {
            if (i < addresses.Count)
            {
                if (old is null || !old.ClusterIPs.Contains(addresses[i]))
                {
                    await TakeChosenAsync(request, service, addresses[i], taken, errors, cancellationToken);
                }

                continue;
            }

            string family = i < spec.IpFamilies.Count ? spec.IpFamilies[i] : FamilyOf(_ranges[0]);
            IPNetwork range = _ranges.FirstOrDefault(one => FamilyOf(one) == family, _ranges[0]);
            string? free = await TakeAnyAsync(request, service, range, taken, cancellationToken);
            if (free is null)
            {
                errors.Internal(Addresses, $"failed to allocate a serviceIP: range is full");
                return spec;
            }

            addresses.Add(free);
        }

        return spec with { ClusterIP = addresses.Count > 0 ? addresses[0] : "", ClusterIPs = addresses.ToApiList() };
    }

    private async ValueTask TakeChosenAsync(
        ApiRequest request, Service service, string address, List<string> taken, FieldErrors errors, CancellationToken cancellationToken)
    {
        string shown = "[" + string.Join(",", service.Spec.ClusterIPs.Select(one => GoText.Quote(one))) + "]";
        if (!IPAddress.TryParse(address, out IPAddress? parsed) || !_ranges.Any(range => range.Contains(parsed)))
        {
            string ranges = string.Join(",", config.ServiceClusterIPRanges);
            errors.InvalidRaw(Addresses, shown, $"failed to allocate IP {address}: the provided IP ({address}) is not in the valid range. The range of valid IPs is {ranges}");
        }
        else if (request.DryRun ? lookup.Find<Api.Networking.V1.IPAddress>("", address) is not null : !await TakeAsync(request, service, parsed, cancellationToken))
        {
            errors.InvalidRaw(Addresses, shown, $"failed to allocate IP {address}: provided IP is already allocated");
        }
        else if (!request.DryRun)
        {
            taken.Add(address);
        }
    }

    /// <summary>
    /// Draws addresses until one is free. The first few of a range are left for those who choose, as upstream does:
    /// 1/16 of the range, at least 16 and at most 256 addresses.
    /// </summary>
    private async ValueTask<string?> TakeAnyAsync(
        ApiRequest request, Service service, IPNetwork range, List<string> taken, CancellationToken cancellationToken)
    {
        int bits = (range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32) - range.PrefixLength;
        long size = 1L << Math.Min(bits, 30);
        long reserved = Math.Min(Math.Max(16, Math.Min(256, size / 16)), size / 2);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // After half of the attempts the reserved part is used too: the rest is crowded.
            long from = attempt < Attempts / 2 ? reserved : 1;
            long offset;
            lock (config.Random)
            {
                offset = config.Random.NextInt64(from, Math.Max(size - 1, from + 1));
            }

            IPAddress address = At(range.BaseAddress, offset);
            bool free = request.DryRun
                ? lookup.Find<Api.Networking.V1.IPAddress>("", address.ToString()) is null
                : await TakeAsync(request, service, address, cancellationToken);
            if (free)
            {
                if (!request.DryRun)
                {
                    taken.Add(address.ToString());
                }

                return address.ToString();
            }
        }

        return null;
    }

    private static IPAddress At(IPAddress first, long offset)
    {
        byte[] bytes = first.GetAddressBytes();
        for (int i = bytes.Length - 1; i >= 0 && offset > 0; i--)
        {
            offset += bytes[i];
            bytes[i] = (byte)offset;
            offset >>= 8;
        }

        return new(bytes);
    }

    private async ValueTask<bool> TakeAsync(
        ApiRequest request, Service service, IPAddress address, CancellationToken cancellationToken)
    {
        bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Api.Networking.V1.IPAddress record = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = address.ToString(),
                Uid = Guid.NewGuid().ToString(),
                CreationTimestamp = request.Now,
                Labels = ApiMap<string>.Empty.With(
                    "ipaddress.kubernetes.io/ip-family", isV6 ? IPFamily.IPv6 : IPFamily.IPv4)
                    .With("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io"),
            },
            Spec = new IPAddressSpec
            {
                ParentRef = new ParentReference { Resource = "services", Namespace = service.Metadata.Namespace, Name = service.Metadata.Name },
            },
        };
        ObjectCache cache = storage.CacheOf(ApiKinds.NetworkingV1IPAddress);
        WriteOutcome outcome = await storage.PutAsync(
            cache, cache.KeyOf("", record.Metadata.Name), record, 0, 0, cancellationToken);
        return outcome.Written is not null;
    }

    private ServiceSpec WithPorts(ServiceSpec spec, ServiceSpec? old, List<int> taken, FieldErrors errors)
    {
        bool allocates = ServiceTypes.AllocatesNodePorts(spec);
        if (!ServiceTypes.NeedsNodePort(spec))
        {
            return spec;
        }

        lock (_gate)
        {
            HashSet<int> used = [.. _pendingPorts, .. lookup.List<Service>().SelectMany(PortsOf)];
            HashSet<int> own = old is null ? [] : [.. PortsOf(old)];
            ServicePort[] ports = [.. spec.Ports];
            for (int i = 0; i < ports.Length; i++)
            {
                FieldPath path = FieldPath.Of("spec").Child("ports").Index(i).Child("nodePort");
                if (ports[i].NodePort != 0)
                {
                    TakePort(ports[i].NodePort, own, used, taken, path, errors, SharedWithEarlier(ports, i));
                }
                else if (allocates)
                {
                    ports[i] = ports[i] with { NodePort = AnyPort(used, taken, path, errors) };
                }
            }

            int health = spec.HealthCheckNodePort;
            if (ServiceTypes.NeedsHealthCheck(spec))
            {
                FieldPath path = FieldPath.Of("spec").Child("healthCheckNodePort");
                if (health == 0)
                {
                    health = AnyPort(used, taken, path, errors);
                }
                else
                {
                    TakePort(health, own, used, taken, path, errors, false);
                }
            }

            return spec with { Ports = ports, HealthCheckNodePort = health };
        }
    }

    private void TakePort(
        int port, HashSet<int> own, HashSet<int> used, List<int> taken, FieldPath path, FieldErrors errors, bool shared)
    {
        if (own.Contains(port) || shared)
        {
            return;
        }

        (int first, int last) = config.ServiceNodePorts;
        if (port < first || port > last)
        {
            errors.Invalid(
                path, port, $"provided port is not in the valid range. The range of valid ports is {first}-{last}");
        }
        else if (!used.Add(port))
        {
            errors.Invalid(path, port, "provided port is already allocated");
        }
        else
        {
            taken.Add(port);
            _pendingPorts.Add(port);
        }
    }

    private int AnyPort(HashSet<int> used, List<int> taken, FieldPath path, FieldErrors errors)
    {
        (int first, int last) = config.ServiceNodePorts;
        int start;
        lock (config.Random)
        {
            start = config.Random.Next(last - first + 1);
        }

        for (int i = 0; i <= last - first; i++)
        {
            int port = first + ((start + i) % (last - first + 1));
            if (used.Add(port))
            {
                taken.Add(port);
                _pendingPorts.Add(port);
                return port;
            }
        }

        errors.Internal(
            path, string.Create(CultureInfo.InvariantCulture, $"failed to allocate a nodePort: range is full"));
        return 0;
    }

    /// <summary>TCP and UDP of one number may share a node port.</summary>
    private static bool SharedWithEarlier(ServicePort[] ports, int index) =>
        ports.Take(index).Any(one => one.NodePort == ports[index].NodePort && one.Protocol != ports[index].Protocol);

    private static IEnumerable<int> PortsOf(Service service) => PortsOf(service.Spec);

    private static IEnumerable<int> PortsOf(ServiceSpec spec) =>
        spec.Ports.Select(port => port.NodePort).Append(spec.HealthCheckNodePort).Where(port => port != 0);

    private async ValueTask ReleaseAsync(List<string> addresses, List<int> ports, CancellationToken cancellationToken)
    {
        ObjectCache cache = storage.CacheOf(ApiKinds.NetworkingV1IPAddress);
        foreach (string address in addresses)
        {
            if (cache.Snapshot.Find(cache.KeyOf("", IPAddress.Parse(address).ToString())) is { } there)
            {
                await storage.DeleteAsync(cache, there, cancellationToken);
            }
        }

        lock (_gate)
        {
            _pendingPorts.ExceptWith(ports);
        }
    }
}
