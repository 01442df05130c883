using Keelson.Api.Resource.V1;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>The devices that a driver shows together: the slices of the pool's newest generation.</summary>
internal sealed class DevicePool
{
    public DevicePool(string driver, string name, IReadOnlyList<ResourceSlice> slices)
    {
        Driver = driver;
        Name = name;
        IsIncomplete = slices.Count != slices[0].Spec.Pool.ResourceSliceCount;
        Devices = [.. slices.SelectMany(static slice => slice.Spec.Devices.Select(one =>
            new PooledDevice(slice, one)))];
        WaitsForDevices = Devices.Any(static one => one.Device.BindingConditions.Count > 0);
        Dictionary<string, CounterSet> counters = new(StringComparer.Ordinal);
        Counters = counters;
        if (!IsIncomplete)
        {
            Problem = Duplicate() ?? Collect(slices, counters) ?? UnknownCounter();
        }
    }

    public string Driver { get; }

    public string Name { get; }

    /// <summary>True while the driver has not shown all of it; nothing is taken from it then.</summary>
    public bool IsIncomplete { get; }

    /// <summary>Why nothing can be taken from it, as it contradicts itself; null when it does not.</summary>
    public string? Problem { get; }

    /// <summary>True when it has devices that have to be made ready once they are allocated.</summary>
    public bool WaitsForDevices { get; }

    /// <summary>All devices, wherever they are.</summary>
    public IReadOnlyList<PooledDevice> Devices { get; }

    /// <summary>What devices share, by the sets' names.</summary>
    public IReadOnlyDictionary<string, CounterSet> Counters { get; }

    /// <summary>As upstream's messages have it.</summary>
    public override string ToString() => $"{Driver}/{Name}";

    private static string? Collect(IReadOnlyList<ResourceSlice> slices, Dictionary<string, CounterSet> counters)
    {
        foreach (CounterSet set in slices.SelectMany(static one => one.Spec.SharedCounters))
        {
            if (!counters.TryAdd(set.Name, set))
            {
                return $"duplicate counter set name {set.Name}";
            }
        }

        return null;
    }

    private string? Duplicate()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (PooledDevice one in Devices)
        {
            if (!names.Add(one.Device.Name))
            {
                return $"duplicate device name {one.Device.Name}";
            }
        }

        return null;
    }

    private string? UnknownCounter()
    {
        foreach (DeviceCounterConsumption taken in Devices.SelectMany(static one => one.Device.ConsumesCounters))
        {
            if (!Counters.TryGetValue(taken.CounterSet, out CounterSet? set))
            {
                return $"counter set {taken.CounterSet} not found";
            }

            if (taken.Counters.Keys.FirstOrDefault(name => !set.Counters.ContainsKey(name)) is { } unknown)
            {
                return $"counter {unknown} not found in counter set {set.Name}";
            }
        }

        return null;
    }
}
