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
/// <param name="Ids">The devices.</param>
/// <param name="Response">What the plugin wants the container to have for them.</param>
internal sealed record DeviceGrant(string Resource, IReadOnlyList<string> Ids, ContainerAllocateResponse Response);

/// <summary>Which devices there are and who has them. Safe for several threads.</summary>
internal sealed class DeviceInventory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, KnownDevice>> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Pod, string Container), List<DeviceGrant>> _grants = [];

    /// <summary>The resources that are or were devices.</summary>
    public IReadOnlyList<string> Resources
    {
        get
        {
            lock (_gate)
            {
                return [.. _devices.Keys.Order(StringComparer.Ordinal)];
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
            return _devices.ContainsKey(resource) || _grants.Values.Any(one => one.Exists(it =>
                it.Resource == resource));
        }
    }

    /// <summary>The devices of a resource.</summary>
    public IReadOnlyList<KnownDevice> DevicesOf(string resource)
    {
        lock (_gate)
        {
            return [.. _devices.GetValueOrDefault(resource)?.Values ?? Enumerable.Empty<KnownDevice>()];
        }
    }

    /// <summary>Notes which devices there are of a resource.</summary>
    public void Set(string resource, IEnumerable<KnownDevice> devices)
    {
        lock (_gate)
        {
            _devices[resource] = devices.ToDictionary(static one => one.Id, StringComparer.Ordinal);
        }
    }

    /// <summary>Notes that nobody answers for a resource: its devices are given to nobody.</summary>
    public void Lose(string resource)
    {
        lock (_gate)
        {
            if (_devices.TryGetValue(resource, out Dictionary<string, KnownDevice>? devices))
            {
                _devices[resource] = devices.Values.Select(static one => one with { IsHealthy = false })
                    .ToDictionary(static one => one.Id, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Forgets the devices of a resource whose plugin does not come back: there are none now.</summary>
    public void Remove(string resource) => Set(resource, []);

    /// <summary>The healthy devices of a resource that nobody has.</summary>
    public IReadOnlyList<KnownDevice> FreeOf(string resource)
    {
        lock (_gate)
        {
            HashSet<string> taken =
            [
                .. _grants.Values.SelectMany(static one => one)
                    .Where(one => one.Resource == resource).SelectMany(static one => one.Ids),
            ];
            return [.. DevicesOf(resource).Where(one => one.IsHealthy && !taken.Contains(one.Id))];
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

    /// <summary>Nobody knows how devices are whose plugin did not come back.</summary>
    private ResourceStatus HealthOf(DeviceGrant grant)
    {
        Dictionary<string, KnownDevice>? known = _devices.GetValueOrDefault(grant.Resource);
        return new()
        {
            Name = grant.Resource,
            Resources = grant.Ids.Order(StringComparer.Ordinal).Select(id => new ResourceHealth
            {
                ResourceID = id,
                Health = known?.GetValueOrDefault(id) is not { } device ? "Unknown"
                    : device.IsHealthy ? "Healthy" : "Unhealthy",
            }).ToApiList(),
        };
    }
}
