using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceClaim
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<ResourceClaim>> Subresources { get; } =
        [new("status", PrepareForStatus, ValidateStatusUpdate, ["spec"])];

    /// <inheritdoc/>
    public static ResourceClaim PrepareForCreate(ResourceClaim obj, WriteContext context) =>
        obj with { Status = ResourceClaimStatus.Empty };

    /// <inheritdoc/>
    public static ResourceClaim PrepareForUpdate(ResourceClaim obj, ResourceClaim old, WriteContext context) =>
        obj with { Status = old.Status };

    private static ResourceClaim PrepareForStatus(ResourceClaim obj, ResourceClaim old, WriteContext context) => obj with
    {
        Metadata = ObjectMetaStrategy.StatusUpdated(obj.Metadata, old.Metadata),
        Spec = old.Spec,
        Status = obj.Status with { Devices = WithoutDeallocated(obj.Status, old.Status) },
    };

    /// <summary>What drivers report of devices goes when the devices are no longer allocated.</summary>
    private static ApiList<AllocatedDeviceStatus> WithoutDeallocated(ResourceClaimStatus status, ResourceClaimStatus old)
    {
        HashSet<(string, string, string)> gone = [];
        foreach (DeviceRequestAllocationResult one in old.Allocation?.Devices.Results ?? default)
        {
            gone.Add((one.Driver, one.Pool, one.Device));
        }

        foreach (DeviceRequestAllocationResult one in status.Allocation?.Devices.Results ?? default)
        {
            gone.Remove((one.Driver, one.Pool, one.Device));
        }

        AllocatedDeviceStatus[] kept = [.. status.Devices.Where(one => !gone.Contains((one.Driver, one.Pool, one.Device)))];
        return kept.Length == 0 ? default : kept;
    }
}
