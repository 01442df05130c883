using Keelson.Api.Resource.V1;
using Keelson.Client.Informers;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.DeviceTaintEviction;

/// <summary>What drivers show of devices, and the claims that were given some, by pool.</summary>
internal sealed class DevicesByPool(IInformer<ResourceSlice> slices, IInformer<Claim> claims)
{
    private readonly IInformerIndex<ResourceSlice> _slices =
        slices.Index("devicePool", static slice => [Key(slice.Spec.Driver, slice.Spec.Pool.Name)]);

    private readonly IInformerIndex<Claim> _claims = claims.Index("allocatedPool", static claim =>
        claim.Status.Allocation is { } allocation
            ? allocation.Devices.Results.Select(static one => Key(one.Driver, one.Pool)).Distinct()
            : []);

    /// <summary>A device; null when the pool's newest generation does not show it.</summary>
    public Device? Find(DeviceRequestAllocationResult result)
    {
        Device? found = null;
        long newest = long.MinValue;
        foreach (ResourceSlice slice in _slices.Find(Key(result.Driver, result.Pool)))
        {
            if (slice.Spec.Pool.Generation < newest)
            {
                continue;
            }

            Device? here = slice.Spec.Devices.FirstOrDefault(one => one.Name == result.Device);
            found = slice.Spec.Pool.Generation > newest ? here : found ?? here;
            newest = slice.Spec.Pool.Generation;
        }

        return found;
    }

    /// <summary>The claims whose pods a change of a slice may drive out or let stay.</summary>
    public IEnumerable<Claim> ConcernedBy(ResourceSlice? old, ResourceSlice? now)
    {
        ResourceSlice any = (now ?? old)!;
        string key = Key(any.Spec.Driver, any.Spec.Pool.Name);
        bool evicts = (old is not null && Evicts(old)) || _slices.Find(key).Any(Evicts);
        return evicts ? _claims.Find(key) : [];
    }

    private static bool Evicts(ResourceSlice slice)
    {
        foreach (Device device in slice.Spec.Devices)
        {
            foreach (DeviceTaint taint in device.Taints)
            {
                if (taint.Effect == DeviceTaintEffect.NoExecute)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string Key(string driver, string pool) => $"{driver}/{pool}";
}
