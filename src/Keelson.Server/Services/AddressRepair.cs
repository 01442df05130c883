using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Upkeep;

namespace Keelson.Server.Services;

/// <summary>
/// Brings services and the addresses taken for them together again: a server that ends between the two writes leaves an
/// address that nobody has, and would keep others from having it.
/// </summary>
internal sealed class AddressRepair(OwnObjects objects, IObjectLookup lookup, ApiServerConfig config)
{
    private const string ManagedByLabel = "ipaddress.kubernetes.io/managed-by";
    private const string Allocator = "ipallocator.k8s.io";

    // Between taking an address and writing its service there may be a slow store, but not for this long: upstream's
    // figure.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>Frees addresses whose service is not there, or has another address, for longer than a write
    /// takes.</summary>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset old = config.Clock.GetUtcNow() - Grace;
        string[] nobodys =
        [
            .. lookup.List<IPAddress>()
                .Where(one => one.Metadata.CreationTimestamp.Instant < old && IsNobodys(one))
                .Select(one => one.Metadata.Name),
        ];
        foreach (string name in nobodys)
        {
            config.Log($"address {name} belongs to no service; freeing it");
            await objects.DeleteAsync(ApiKinds.NetworkingV1IPAddress, "", name, cancellationToken);
        }
    }

    private bool IsNobodys(IPAddress address) =>
        address.Metadata.Labels.GetValueOrDefault(ManagedByLabel) == Allocator
        && address.Spec.ParentRef is { Group: "", Resource: "services" } parent
        && lookup.Find<Service>(parent.Namespace, parent.Name)?.Spec.ClusterIPs.Contains(address.Metadata.Name) != true;
}
