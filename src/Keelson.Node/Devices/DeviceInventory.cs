using System.Collections.ObjectModel;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Devices.Protos;

namespace Keelson.Nodes.Devices;

/// <summary>A device.</summary>
/// <param name="Id">The plugin's name for it.</param>
/// <param name="IsHealthy">False when it can't be given to containers.</param>
/// <param name="NumaNodes">The NUMA nodes it is close to; none when that does not matter.</param>
internal sealed record KnownDevice(string Id, bool IsHealthy, IReadOnlyList<int> NumaNodes);

/// <summary>Devices that a container was given of one resource.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Devices">The devices, as they were then.</param>
/// <param name="Response">What the plugin wants the container to have for them.</param>
internal sealed record DeviceGrant(
    string Resource, IReadOnlyList<KnownDevice> Devices, ContainerAllocateResponse Response)
{
    /// <summary>The plugin's names for them.</summary>
    public IEnumerable<string> Ids => Devices.Select(static one => one.Id);
}

/// <summary>Which devices there are and who has them. Safe for several threads.</summary>
internal sealed class DeviceInventory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DeviceSet> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Pod, string Container), List<DeviceGrant>> _grants = [];

    /// <summary>The resources that a plugin registered, or the last agent knew, within the time to come back.</summary>
    public IReadOnlyList<string> Resources
    {
        get
        {
            lock (_gate)
            {
                return [.. _devices.Where(static one => one.Value.IsRegistered).Select(static one => one.Key)
                    .Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>For each resource how many devices there are, and how many of them can be given; none of either for one
    /// whose plugin did not come back.</summary>
    public IReadOnlyDictionary<string, (int Capacity, int Allocatable)> Counts
    {
        get
        {
            lock (_gate)
            {
                return _devices.ToDictionary(
                    static one => one.Key,
                    static one => one.Value.IsRegistered
                        ? (one.Value.All.Count, one.Value.Usable.Count())
                        : default,
                    StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Every grant.</summary>
    public IReadOnlyList<(string Pod, string Container, DeviceGrant Grant)> Grants
    {
        get
        {
            lock (_gate)
            {
                return [.. _grants.SelectMany(static one =>
                    one.Value.Select(grant => (one.Key.Pod, one.Key.Container, grant)))];
            }
        }
    }

    /// <summary>True for a resource that is made of devices.</summary>
    public bool Knows(string resource)
    {
        lock (_gate)
        {
            return IsRegistered(resource) || _grants.Values.Any(one => one.Exists(it => it.Resource == resource));
        }
    }

    /// <summary>True for a resource that a plugin registered and has time to come back for.</summary>
    public bool IsRegistered(string resource)
    {
        lock (_gate)
        {
            return _devices.GetValueOrDefault(resource) is { IsRegistered: true };
        }
    }

    /// <summary>The devices of a resource, as its plugin told last.</summary>
    public IReadOnlyList<KnownDevice> DevicesOf(string resource)
    {
        lock (_gate)
        {
            return [.. _devices.GetValueOrDefault(resource)?.All.Values ?? Enumerable.Empty<KnownDevice>()];
        }
    }

    /// <summary>Notes which devices there are of a resource.</summary>
    public void Set(string resource, IEnumerable<KnownDevice> devices)
    {
        lock (_gate)
        {
            _devices[resource] = new(ToDictionary(devices)) { IsRegistered = true, IsServed = true };
        }
    }

    /// <summary>Notes a resource that the last agent knew: nobody knows which devices there are until its plugin is
    /// back.</summary>
    public void Expect(string resource)
    {
        lock (_gate)
        {
            _devices[resource] = new(ToDictionary([])) { IsRegistered = true };
        }
    }

    /// <summary>Notes that nobody answers for a resource: its devices are given to nobody.</summary>
    public void Lose(string resource)
    {
        lock (_gate)
        {
            if (_devices.TryGetValue(resource, out DeviceSet? devices))
            {
                _devices[resource] = devices with { IsServed = false };
            }
        }
    }

    /// <summary>Notes that the plugin of a resource does not come back. How its devices were is kept for the pods that
    /// have some.</summary>
    public void Remove(string resource)
    {
        lock (_gate)
        {
            if (_devices.TryGetValue(resource, out DeviceSet? devices))
            {
                _devices[resource] = devices with { IsServed = false, IsRegistered = false };
            }
        }
    }

    /// <summary>The devices of a resource that can be given, whoever has them.</summary>
    public IReadOnlyList<KnownDevice> UsableOf(string resource)
    {
        lock (_gate)
        {
            return [.. _devices.GetValueOrDefault(resource)?.Usable ?? []];
        }
    }

    /// <summary>The healthy devices of a resource that nobody has.</summary>
    public IReadOnlyList<KnownDevice> FreeOf(string resource)
    {
        lock (_gate)
        {
            HashSet<string> taken = IdsOf(resource, _grants.Values);
            return [.. UsableOf(resource).Where(one => !taken.Contains(one.Id))];
        }
    }

    /// <summary>How many devices of each resource containers have.</summary>
    public IReadOnlyDictionary<string, int> GivenCounts
    {
        get
        {
            lock (_gate)
            {
                return _grants.Values.SelectMany(static one => one).Select(static one => one.Resource)
                    .Distinct(StringComparer.Ordinal)
                    .ToDictionary(static one => one, one => IdsOf(one, _grants.Values).Count, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>What a container was given.</summary>
    public IReadOnlyList<DeviceGrant> GrantsOf(string pod, string container)
    {
        lock (_gate)
        {
            return [.. _grants.GetValueOrDefault((pod, container)) ?? []];
        }
    }

    /// <summary>How the devices are that a pod's containers were given, by the containers' names.</summary>
    public IReadOnlyDictionary<string, ApiList<ResourceStatus>> HealthOf(string pod)
    {
        lock (_gate)
        {
            return _grants.Count == 0
                ? ReadOnlyDictionary<string, ApiList<ResourceStatus>>.Empty
                : _grants.Where(one => one.Key.Pod == pod).ToDictionary(
                    static one => one.Key.Container,
                    one => one.Value.OrderBy(static it => it.Resource, StringComparer.Ordinal)
                        .Select(HealthOf).ToApiList(),
                    StringComparer.Ordinal);
        }
    }

    /// <summary>Notes what a container is given.</summary>
    public void Grant(string pod, string container, DeviceGrant grant)
    {
        lock (_gate)
        {
            if (!_grants.TryGetValue((pod, container), out List<DeviceGrant>? grants))
            {
                _grants[(pod, container)] = grants = [];
            }

            grants.RemoveAll(one => one.Resource == grant.Resource);
            grants.Add(grant);
        }
    }

    /// <summary>Takes back all that a pod was given; true when there was something.</summary>
    public bool Release(string pod)
    {
        lock (_gate)
        {
            (string, string)[] mine = [.. _grants.Keys.Where(one => one.Pod == pod)];
            foreach ((string, string) one in mine)
            {
                _grants.Remove(one);
            }

            return mine.Length > 0;
        }
    }

    private static Dictionary<string, KnownDevice> ToDictionary(IEnumerable<KnownDevice> devices)
    {
        // Of a name that comes twice, the last one counts.
        Dictionary<string, KnownDevice> all = new(StringComparer.Ordinal);
        foreach (KnownDevice one in devices)
        {
            all[one.Id] = one;
        }

        return all;
    }

    private static HashSet<string> IdsOf(string resource, IEnumerable<List<DeviceGrant>> grants) =>
        [.. grants.SelectMany(static one => one).Where(one => one.Resource == resource)
            .SelectMany(static one => one.Ids)];

    /// <summary>As its plugin told last; only a device that was told to be unhealthy shows as such (upstream's rule).
    /// </summary>
    private ResourceStatus HealthOf(DeviceGrant grant)
    {
        IReadOnlyDictionary<string, KnownDevice>? known = _devices.GetValueOrDefault(grant.Resource)?.All;
        return new()
        {
            Name = grant.Resource,
            Resources = grant.Ids.Order(StringComparer.Ordinal).Select(id => new ResourceHealth
            {
                ResourceID = id,
                Health = known?.GetValueOrDefault(id) is { IsHealthy: false }
                    ? ResourceHealthStatus.Unhealthy
                    : ResourceHealthStatus.Healthy,
            }).ToApiList(),
        };
    }

    /// <summary>The devices of a resource.</summary>
    /// <param name="All">As the plugin told last.</param>
    private sealed record DeviceSet(IReadOnlyDictionary<string, KnownDevice> All)
    {
        /// <summary>A plugin registered it, and has time to come back.</summary>
        public bool IsRegistered { get; init; }

        /// <summary>A plugin answers for it.</summary>
        public bool IsServed { get; init; }

        /// <summary>Those that can be given.</summary>
        public IEnumerable<KnownDevice> Usable =>
            IsServed ? All.Values.Where(static one => one.IsHealthy) : [];
    }
}
