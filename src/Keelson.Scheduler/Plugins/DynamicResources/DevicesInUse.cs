using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>What claims have been given: whole devices, and shares of others. Unchanged during an attempt.</summary>
internal sealed class DevicesInUse
{
    private readonly HashSet<DeviceId> _devices = [];
    private readonly Dictionary<DeviceId, Dictionary<string, Quantity>> _shares = [];

    public DevicesInUse(IEnumerable<AllocationResult> allocations)
    {
        foreach (DeviceRequestAllocationResult one in allocations.SelectMany(static all => all.Devices.Results))
        {
            DeviceId id = new(one.Driver, one.Pool, one.Device);
            if (one.AdminAccess == true)
            {
                continue;
            }

            if (one.ShareID is null)
            {
                _devices.Add(id);
                continue;
            }

            if (!_shares.TryGetValue(id, out Dictionary<string, Quantity>? share))
            {
                _shares.Add(id, share = new(StringComparer.Ordinal));
            }

            ConsumableCapacity.Add(share, one.ConsumedCapacity);
        }
    }

    /// <summary>True when somebody has the device as a whole.</summary>
    public bool Contains(DeviceId device) => _devices.Contains(device);

    /// <summary>True when somebody has it, or a share of it.</summary>
    public bool ContainsAny(DeviceId device) => _devices.Contains(device) || _shares.ContainsKey(device);

    /// <summary>How much of a device is given away in shares; null for nothing.</summary>
    public IReadOnlyDictionary<string, Quantity>? SharesOf(DeviceId device) => _shares.GetValueOrDefault(device);
}
