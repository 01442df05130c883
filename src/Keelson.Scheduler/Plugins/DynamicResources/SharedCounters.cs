using Keelson.Api.Resource.V1;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>
/// What devices of pools that are parts of the same hardware have left in common. One search changes it as it goes.
/// </summary>
internal sealed class SharedCounters(DevicesInUse inUse)
{
    private readonly Dictionary<DevicePool, Dictionary<(string Set, string Counter), Quantity>> _left = [];

    /// <summary>Takes what a device needs; false when there is not enough left.</summary>
    public bool TryTake(DevicePool pool, PooledDevice device)
    {
        Dictionary<(string, string), Quantity> left = LeftOf(pool);
        foreach (((string, string) key, Quantity amount) in NeedsOf(device))
        {
            if (left[key] < amount)
            {
                return false;
            }
        }

        Take(left, device, giveBack: false);
        return true;
    }

    /// <summary>Gives back what a device took.</summary>
    public void GiveBack(DevicePool pool, PooledDevice device) => Take(LeftOf(pool), device, giveBack: true);

    private static IEnumerable<((string Set, string Counter) Key, Quantity Amount)> NeedsOf(PooledDevice device) =>
        device.Device.ConsumesCounters.SelectMany(static taken =>
            taken.Counters.AsEnumerable().Select(one => ((taken.CounterSet, one.Key), one.Value.Value)));

    private static void Take(
        Dictionary<(string Set, string Counter), Quantity> left, PooledDevice device, bool giveBack)
    {
        foreach (((string, string) key, Quantity amount) in NeedsOf(device))
        {
            left[key] = giveBack ? left[key] + amount : left[key] - amount;
        }
    }

    private Dictionary<(string Set, string Counter), Quantity> LeftOf(DevicePool pool)
    {
        if (_left.TryGetValue(pool, out Dictionary<(string, string), Quantity>? left))
        {
            return left;
        }

        left = [];
        foreach (CounterSet set in pool.Counters.Values)
        {
            foreach ((string name, Counter counter) in set.Counters)
            {
                left.Add((set.Name, name), counter.Value);
            }
        }

        foreach (PooledDevice device in pool.Devices)
        {
            if (device.Device.ConsumesCounters.Count > 0 && inUse.ContainsAny(device.Id))
            {
                Take(left, device, giveBack: false);
            }
        }

        _left.Add(pool, left);
        return left;
    }
}
