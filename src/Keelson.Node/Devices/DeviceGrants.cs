using Google.Protobuf;
using Google.Protobuf.Collections;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Devices.Protos;
using Keelson.Nodes.Placement;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Devices;

/// <summary>Gives containers the devices that they ask for (upstream's device manager).</summary>
/// <param name="plugins">The plugins.</param>
/// <param name="nodes">The machine's NUMA nodes.</param>
internal sealed class DeviceGrants(DevicePlugins plugins, NumaNodes nodes) : IPlacementProvider
{
    private DeviceInventory Inventory => plugins.Inventory;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Holders =>
        [.. Inventory.Grants.Select(static one => one.Pod).Distinct()];

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<TopologyHint>?> HintsOf(Pod pod, IReadOnlyList<ContainerSpec> containers)
    {
        IEnumerable<string> resources = containers
            .SelectMany(static one => one.Container.Resources.Limits.ToArray()).Select(static one => one.Key)
            .Distinct(StringComparer.Ordinal).Where(Inventory.Knows).Order(StringComparer.Ordinal);
        foreach (string resource in resources.ToArray())
        {
            int count = (int)PlacementSum.Of(containers, one => CountOf(one, resource));
            if (count > 0)
            {
                yield return HintsOf(pod, containers, resource, count);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<PodVerdict?> AllocateAsync(
        Pod pod, ContainerSpec one, NumaMask? affinity, CancellationToken cancellationToken)
    {
        foreach (KeyValuePair<string, Quantity> limit in one.Container.Resources.Limits.ToArray())
        {
            if (limit.Value.Value > 0 && Inventory.Knows(limit.Key)
                && await AllocateAsync(pod, one, new(limit.Key, (int)limit.Value.Value), affinity, cancellationToken)
                    is { } error)
            {
                return PlacementSum.Unexpected(error);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task<string?> AddToAsync(
        Pod pod, ContainerSpec one, Proto.ContainerConfig config, CancellationToken cancellationToken)
    {
        string uid = pod.Metadata.Uid;
        foreach (KeyValuePair<string, Quantity> limit in one.Container.Resources.Limits.ToArray())
        {
            if (limit.Value.Value == 0 || !Inventory.Knows(limit.Key))
            {
                continue;
            }

            // What was allocated is missing when a machine went down before it was written.
            string? error = Find(uid, one.Name, limit.Key) is null
                ? await AllocateAsync(pod, one, new(limit.Key, (int)limit.Value.Value), null, cancellationToken)
                : null;
            error ??= await PreStartAsync(Find(uid, one.Name, limit.Key)!, cancellationToken);
            if (error is not null)
            {
                return error;
            }
        }

        Add(Inventory.GrantsOf(uid, one.Name).Select(static it => it.Response), config);
        return null;
    }

    /// <inheritdoc/>
    public void Release(string podUid)
    {
        if (Inventory.Release(podUid))
        {
            plugins.Save();
        }
    }

    private DeviceGrant? Find(string pod, string container, string resource) =>
        Inventory.GrantsOf(pod, container).FirstOrDefault(one => one.Resource == resource);

    private static int CountOf(Container container, string resource) =>
        (int)container.Resources.Limits.GetValueOrDefault(resource).Value;

    private List<TopologyHint>? HintsOf(
        Pod pod, IReadOnlyList<ContainerSpec> containers, string resource, int count)
    {
        IReadOnlyList<KnownDevice> all = Inventory.DevicesOf(resource);
        if (!all.Any(static one => one.NumaNodes.Count > 0))
        {
            return null;
        }

        HashSet<string> given =
        [
            .. containers.SelectMany(one => Inventory.GrantsOf(pod.Metadata.Uid, one.Name))
                .Where(one => one.Resource == resource).SelectMany(static one => one.Ids),
        ];
        if (given.Count > 0)
        {
            return given.Count == count
                ? Hints(all, [.. all.Where(one => given.Contains(one.Id))], [], count)
                : [];
        }

        IReadOnlyList<KnownDevice> free = Inventory.FreeOf(resource);
        HashSet<string> reusable = containers.Count == 1 ? Reusable(pod, resource) : [];
        return free.Select(static one => one.Id).Union(reusable).Count() < count ? []
            : Hints(all, free, [.. all.Where(one => reusable.Contains(one.Id))], count);
    }

    /// <summary>The sets of NUMA nodes on which there are enough devices, all reusable ones among them.</summary>
    private List<TopologyHint> Hints(
        IReadOnlyList<KnownDevice> all,
        IReadOnlyList<KnownDevice> free,
        IReadOnlyList<KnownDevice> reusable,
        int count)
    {
        static int CountIn(IEnumerable<KnownDevice> devices, NumaMask mask) =>
            devices.Count(one => one.NumaNodes.Any(mask.Has));
        KnownDevice[] bound = [.. reusable.Where(static one => one.NumaNodes.Count > 0)];
        int fewest = NumaMask.Subsets(nodes.Nodes).Where(mask => CountIn(all, mask) >= count)
            .Select(static mask => mask.Count).DefaultIfEmpty(nodes.Nodes.Count).Min();
        return
        [
            .. NumaMask.Subsets(nodes.Nodes)
                .Where(mask => CountIn(bound, mask) == bound.Length && CountIn(free, mask) + bound.Length >= count)
                .Select(mask => new TopologyHint(mask, mask.Count == fewest)),
        ];
    }

    /// <summary>Devices of the pod's init containers, which have ended when its containers start.</summary>
    private HashSet<string> Reusable(Pod pod, string resource)
    {
        HashSet<string> reusable = new(StringComparer.Ordinal);
        foreach (ContainerSpec one in ContainerSpec.AllOf(pod.Spec))
        {
            string[] ids =
            [
                .. Inventory.GrantsOf(pod.Metadata.Uid, one.Name)
                    .Where(it => it.Resource == resource).SelectMany(static it => it.Ids),
            ];
            if (one.Role == ContainerRole.Init)
            {
                reusable.UnionWith(ids);
            }
            else
            {
                reusable.ExceptWith(ids);
            }
        }

        return reusable;
    }

    /// <summary>Gives a container devices of one resource; the result is null, or why it can't.</summary>
    private async Task<string?> AllocateAsync(
        Pod pod, ContainerSpec one, DeviceWish wish, NumaMask? affinity, CancellationToken cancellationToken)
    {
        string uid = pod.Metadata.Uid;
        DeviceGrant? before = Find(uid, one.Name, wish.Resource);
        if (before is not null && before.Devices.Count != wish.Count)
        {
            return $"pod \"{uid}\" container \"{one.Name}\" changed request for resource \"{wish.Resource}\" from "
                + $"{before.Devices.Count} to {wish.Count}";
        }

        if (WhyNot(wish.Resource, before) is { } error)
        {
            return error;
        }

        if (before is not null)
        {
            return null;
        }

        bool isPlaced = affinity is not null
            && Inventory.DevicesOf(wish.Resource).Any(static it => it.NumaNodes.Count > 0);
        return await AllocateAsync((uid, one.Name), wish with
        {
            Reusable = Reusable(pod, wish.Resource),
            Free = Inventory.FreeOf(wish.Resource),
            IsClose = isPlaced ? it => it.NumaNodes.Any(affinity!.Value.Has) : null,
        }, cancellationToken);
    }

    /// <summary>Null, or why devices of a resource can't be given, or be used any longer.</summary>
    private string? WhyNot(string resource, DeviceGrant? before)
    {
        HashSet<string> usable = [.. Inventory.UsableOf(resource).Select(static one => one.Id)];
        return !Inventory.IsRegistered(resource) ? $"cannot allocate unregistered device {resource}"
            : usable.Count == 0 ? $"no healthy devices present; cannot allocate unhealthy devices {resource}"
            : before?.Ids.All(usable.Contains) == false
                ? $"previously allocated devices are no longer healthy; cannot allocate unhealthy devices {resource}"
            : null;
    }

    private async Task<string?> AllocateAsync(
        (string Pod, string Container) to, DeviceWish wish, CancellationToken cancellationToken)
    {
        if (plugins.Find(wish.Resource) is not { } plugin)
        {
            return "unknown Device Plugin " + wish.Resource;
        }

        IReadOnlyList<string> ids;
        try
        {
            (ids, string? error) = await DevicePick.OfAsync(wish, (available, included) =>
                plugin.PreferAsync(available, included, wish.Count, cancellationToken));
            if (error is not null)
            {
                return error;
            }
        }
        catch (RpcException exception)
        {
            return "device plugin GetPreferredAllocation rpc failed with err: " + exception.Message;
        }

        ContainerAllocateResponse? response;
        try
        {
            response = await plugins.MeasureAsync(
                wish.Resource, () => plugin.AllocateAsync(ids, cancellationToken));
        }
        catch (RpcException exception)
        {
            return exception.Message;
        }

        if (response is null)
        {
            return "no containers return in allocation response ";
        }

        ILookup<string, KnownDevice> known = Inventory.DevicesOf(wish.Resource).ToLookup(static one => one.Id);
        Inventory.Grant(to.Pod, to.Container, new(
            wish.Resource, [.. ids.Select(id => known[id].FirstOrDefault() ?? new(id, true, []))], response));
        plugins.Save();
        return null;
    }

    private async Task<string?> PreStartAsync(DeviceGrant grant, CancellationToken cancellationToken)
    {
        try
        {
            if (plugins.Find(grant.Resource) is { } plugin)
            {
                await plugin.PreStartAsync(grant.Ids, cancellationToken);
            }

            return null;
        }
        catch (RpcException exception)
        {
            return "device plugin PreStartContainer rpc failed with err: " + exception.Message;
        }
    }

    /// <summary>What several responses say of one thing, the first of them says. Variables and mounts come before the
    /// pod's own, which count more.</summary>
    private static void Add(IEnumerable<ContainerAllocateResponse> given, Proto.ContainerConfig config)
    {
        Dictionary<string, Proto.KeyValue> variables = new(StringComparer.Ordinal);
        Dictionary<string, Proto.Mount> mounts = new(StringComparer.Ordinal);
        HashSet<string> devices = new(StringComparer.Ordinal);
        HashSet<string> annotations = new(StringComparer.Ordinal);
        HashSet<string> named = new(StringComparer.Ordinal);
        foreach (ContainerAllocateResponse one in given)
        {
            foreach ((string name, string value) in one.Envs)
            {
                variables.TryAdd(name, new() { Key = name, Value = ByteString.CopyFromUtf8(value) });
            }

            foreach (Mount mount in one.Mounts)
            {
                mounts.TryAdd(mount.ContainerPath, new()
                {
                    ContainerPath = mount.ContainerPath, HostPath = mount.HostPath, Readonly = mount.ReadOnly,
                });
            }

            config.Devices.AddRange(one.Devices.Where(it => devices.Add(it.ContainerPath)).Select(static it =>
                new Proto.Device
                {
                    ContainerPath = it.ContainerPath, HostPath = it.HostPath, Permissions = it.Permissions,
                }));
            foreach ((string name, string value) in one.Annotations.Where(it => annotations.Add(it.Key)))
            {
                config.Annotations[name] = value;
            }

            config.CDIDevices.AddRange(one.CdiDevices.Where(it => named.Add(it.Name))
                .Select(static it => new Proto.CDIDevice { Name = it.Name }));
        }

        Prepend(config.Envs, variables.Values);
        Prepend(config.Mounts, mounts.Values);
    }

    private static void Prepend<T>(RepeatedField<T> list, IReadOnlyCollection<T> first)
    {
        T[] rest = [.. list];
        list.Clear();
        list.AddRange(first);
        list.AddRange(rest);
    }
}
