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
/// two servers on one store can't give it twice.
/// </summary>
internal sealed class ServiceAllocation(
    ObjectStorage storage, IObjectLookup lookup, ApiServerConfig config) : IWriteGuard
{
    private const int Attempts = 200;
    private static readonly FieldPath Addresses = FieldPath.Of("spec").Child("clusterIPs");

    private readonly NodePorts _ports = new(lookup, config);
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
        ApiResult<ServiceSpec> given = await WithAddressesAsync(
            request, service with { Spec = spec }, before?.Spec, takenAddresses, cancellationToken);
        if (given.TryGet(out ServiceSpec? addressed, out _))
        {
            given = _ports.Allocate(service with { Spec = addressed }, before?.Spec, takenPorts, request.DryRun);
        }

        if (!given.TryGet(out ServiceSpec? complete, out Status? refused))
        {
            await ReleaseAsync(takenAddresses, cancellationToken);
            _ports.Settle(takenPorts);
            return refused;
        }

        return new GuardedWrite(service with { Spec = complete }, async stored =>
        {
            if (!stored)
            {
                await ReleaseAsync(takenAddresses, CancellationToken.None);
            }
            else if (before is not null)
            {
                await ReleaseAsync(AddressesOf(before).Except(complete.ClusterIPs), CancellationToken.None);
            }

            _ports.Settle(takenPorts);
        });
    }

    public ValueTask DeletedAsync(IObject obj, CancellationToken cancellationToken) =>
        ReleaseAsync(AddressesOf((Service)obj), cancellationToken);

    private static IEnumerable<string> AddressesOf(Service service) =>
        service.Spec.ClusterIPs.Where(one => IPAddress.TryParse(one, out _));

    private static string FamilyOf(IPNetwork range) =>
        range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? IPFamily.IPv6 : IPFamily.IPv4;

    private static Status Invalid(Service service, FieldErrors errors) =>
        ApiErrors.Invalid("", "Service", service.Metadata.Name, errors);

    /// <summary>The server's own ranges, and those that were added to the cluster and may be used by now.</summary>
    private IEnumerable<IPNetwork> Ranges() => _ranges.Concat(
        lookup.List<ServiceCIDR>("")
            .Where(static one => one.Metadata.DeletionTimestamp is null
                && one.Status.Conditions.Any(static condition => condition is { Type: "Ready", Status: "True" }))
            .SelectMany(static one => one.Spec.Cidrs)
            .Select(static one => IPNetwork.Parse(one))
            .Except(_ranges));

    /// <summary>
    /// The service with its addresses. A service that has some gets none anew, other than a second one with a second
    /// family: what else changes is for validation to refuse.
    /// </summary>
    private async ValueTask<ApiResult<ServiceSpec>> WithAddressesAsync(
        ApiRequest request, Service service, ServiceSpec? old, List<string> taken, CancellationToken cancellationToken)
    {
        ServiceSpec spec = service.Spec;
        if (!ServiceTypes.NeedsClusterIP(spec) || ServiceTypes.IsHeadless(spec) || spec.ClusterIP == "None")
        {
            return spec.ClusterIP == "None" && spec.ClusterIPs.Count == 0 ? spec with { ClusterIPs = ["None"] } : spec;
        }

        bool had = old is not null && ServiceTypes.NeedsClusterIP(old);
        if (had && (ServiceTypes.IsHeadless(old!) || spec.IpFamilies.Count <= old!.IpFamilies.Count))
        {
            return spec;
        }

        List<string> addresses = [.. spec.ClusterIPs];
        for (int i = had ? 1 : 0; i < Math.Max(spec.IpFamilies.Count, 1); i++)
        {
            if (i < addresses.Count)
            {
                if (await TakeChosenAsync(request, service, addresses[i], taken, cancellationToken) is { } refused)
                {
                    return refused;
                }

                continue;
            }

            string family = i < spec.IpFamilies.Count ? spec.IpFamilies[i] : FamilyOf(_ranges[0]);
            string? free = null;
            foreach (IPNetwork range in Ranges().Where(one => FamilyOf(one) == family))
            {
                free ??= await TakeAnyAsync(request, service, range, taken, cancellationToken);
            }

            if (free is null)
            {
                return ApiErrors.Internal("failed to allocate a serviceIP: range is full");
            }

            addresses.Add(free);
        }

        return spec with { ClusterIP = addresses.Count > 0 ? addresses[0] : "", ClusterIPs = addresses.ToApiList() };
    }

    /// <summary>Takes the address that the client wants; gives what is against it.</summary>
    private async ValueTask<Status?> TakeChosenAsync(
        ApiRequest request, Service service, string address, List<string> taken, CancellationToken cancellationToken)
    {
        IPAddress parsed = IPAddress.Parse(address);
        IPNetwork range = Ranges().FirstOrDefault(one => one.Contains(parsed));
        string problem;
        if (range == default)
        {
            problem = "the provided network does not match the current range";
        }
        else if (IsFirstOrLast(parsed, range))
        {
            problem = $"the provided IP ({parsed}) is not in the valid range. The range of valid IPs is {range}";
        }
        else if (request.DryRun && lookup.Find<Api.Networking.V1.IPAddress>("", parsed.ToString()) is null)
        {
            return null;
        }
        else if (!request.DryRun && await TakeAsync(request, service, parsed, cancellationToken))
        {
            taken.Add(address);
            return null;
        }
        else
        {
            problem = "provided IP is already allocated";
        }

        string shown = "[" + string.Join(",", service.Spec.ClusterIPs.Select(one => GoText.Quote(one))) + "]";
        FieldErrors errors = new();
        errors.InvalidRaw(Addresses, shown, $"failed to allocate IP {address}: {problem}");
        return Invalid(service, errors);
    }

    /// <summary>The range's own address is nobody's, nor is that for broadcasts, which IPv6 doesn't have.</summary>
    private static bool IsFirstOrLast(IPAddress address, IPNetwork range)
    {
        bool isV6 = range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        return address.Equals(range.BaseAddress)
            || (!isV6 && address.Equals(At(range.BaseAddress, (1L << (32 - range.PrefixLength)) - 1)));
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
                ParentRef = new ParentReference
                {
                    Resource = "services",
                    Namespace = service.Metadata.Namespace,
                    Name = service.Metadata.Name,
                },
            },
        };
        ObjectCache cache = storage.CacheOf(ApiKinds.NetworkingV1IPAddress);
        WriteOutcome outcome = await storage.PutAsync(
            cache, cache.KeyOf("", record.Metadata.Name), record, 0, 0, cancellationToken);
        return outcome.Written is not null;
    }

    private async ValueTask ReleaseAsync(IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        ObjectCache cache = storage.CacheOf(ApiKinds.NetworkingV1IPAddress);
        foreach (string address in addresses.ToArray())
        {
            if (cache.Snapshot.Find(cache.KeyOf("", IPAddress.Parse(address).ToString())) is { } there)
            {
                await storage.DeleteAsync(cache, there, cancellationToken);
            }
        }
    }
}
