using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Informers;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>A pool as a node sees it.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Devices">Those of its devices that can be used on the node.</param>
internal readonly record struct NodePool(DevicePool Pool, IReadOnlyList<PooledDevice> Devices);

/// <summary>All pools as they are at a time, and which of their devices a node can use. Immutable.</summary>
internal sealed class DeviceInventory
{
    private readonly DevicePool[] _pools;
    private readonly Dictionary<string, List<(int Pool, PooledDevice Device)>> _byNode = new(StringComparer.Ordinal);
    private readonly List<(int Pool, PooledDevice Device)> _elsewhere = [];

    public DeviceInventory(IEnumerable<ResourceSlice> slices)
    {
        // Devices that are ready at once are tried before those that have to be made so.
        _pools = [.. slices
            .GroupBy(static one => (one.Spec.Driver, one.Spec.Pool.Name))
            .Select(static pool => new DevicePool(pool.Key.Driver, pool.Key.Name, Newest([.. pool])))
            .OrderBy(static one => one.WaitsForDevices)
            .ThenBy(static one => one.Driver, StringComparer.Ordinal)
            .ThenBy(static one => one.Name, StringComparer.Ordinal)];
        for (int i = 0; i < _pools.Length; i++)
        {
            foreach (PooledDevice device in _pools[i].Devices)
            {
                if (device.Place().NodeName is { Length: > 0 } node)
                {
                    if (!_byNode.TryGetValue(node, out List<(int, PooledDevice)>? there))
                    {
                        _byNode.Add(node, there = []);
                    }

                    there.Add((i, device));
                }
                else
                {
                    _elsewhere.Add((i, device));
                }
            }
        }
    }

    /// <summary>The pools with devices that can be used on a node.</summary>
    public IReadOnlyList<NodePool> PoolsOf(Node node)
    {
        SortedDictionary<int, List<PooledDevice>> found = [];
        void Add(int pool, PooledDevice device)
        {
            if (!found.TryGetValue(pool, out List<PooledDevice>? devices))
            {
                found.Add(pool, devices = []);
            }

            devices.Add(device);
        }

        foreach ((int pool, PooledDevice device) in _byNode.GetValueOrDefault(node.Metadata.Name) ?? [])
        {
            Add(pool, device);
        }

        foreach ((int pool, PooledDevice device) in _elsewhere)
        {
            if (device.IsOn(node))
            {
                Add(pool, device);
            }
        }

        return [.. found.Select(one => new NodePool(_pools[one.Key], one.Value))];
    }

    private static List<ResourceSlice> Newest(List<ResourceSlice> slices)
    {
        long newest = slices.Max(static one => one.Spec.Pool.Generation);
        return slices.FindAll(one => one.Spec.Pool.Generation == newest);
    }
}

/// <summary>The inventory as the informer has it, made anew when slices changed.</summary>
internal sealed class DeviceInventorySource
{
    private readonly IInformer<ResourceSlice> _slices;
    private DeviceInventory? _current;
    private int _changes;
    private int _made = -1;

    public DeviceInventorySource(IInformers informers)
    {
        _slices = informers.Of<ResourceSlice>();
        _slices.Subscribe((_, _) => Interlocked.Increment(ref _changes));
    }

    /// <summary>The inventory. On the scheduling loop.</summary>
    public DeviceInventory Current()
    {
        int changes = Volatile.Read(ref _changes);
        if (_current is null || _made != changes)
        {
            _current = new(_slices.List());
            _made = changes;
        }

        return _current;
    }
}
