using Google.Protobuf;
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
internal sealed class DeviceGrants(DevicePlugins plugins) : IPlacementProvider
{
    private DeviceInventory Inventory => plugins.Inventory;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Holders =>
        [.. Inventory.Grants.Select(static one => one.Pod).Distinct()];

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<TopologyHint>?> HintsOf(Pod pod, IReadOnlyList<ContainerSpec> containers)
    {
        foreach (string resource in Inventory.Resources)
        {
            int count = (int)PlacementSum.Of(containers, one => CountOf(one, resource));
            IReadOnlyList<KnownDevice> all = Inventory.DevicesOf(resource);
            if (count == 0)
            {
                continue;
            }

            if (!all.Any(static one => one.NumaNodes.Count > 0))
            {
                yield return null;
                continue;
            }

            HashSet<string> mine =
            [
                .. containers.SelectMany(one => Inventory.GrantsOf(pod.Metadata.Uid, one.Name))
                    .Where(one => one.Resource == resource).SelectMany(static one => one.Ids),
                .. Reusable(pod, resource),
            ];
            KnownDevice[] free =
                [.. Inventory.FreeOf(resource), .. all.Where(one => one.IsHealthy && mine.Contains(one.Id))];
            yield return Hints(all, [.. free.DistinctBy(static one => one.Id)], count);
        }
    }

    /// <inheritdoc/>
    public async Task<PodVerdict?> AllocateAsync(
        Pod pod, ContainerSpec one, NumaMask? affinity, CancellationToken cancellationToken)
    {
        foreach (KeyValuePair<string, Quantity> limit in one.Container.Resources.Limits.ToArray())
        {
            if (limit.Value.Value > 0 && Inventory.Knows(limit.Key)
                && await AllocateAsync(pod, one, (limit.Key, (int)limit.Value.Value), affinity, cancellationToken)
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
        foreach (DeviceGrant grant in Inventory.GrantsOf(pod.Metadata.Uid, one.Name))
        {
            try
            {
                if (plugins.Find(grant.Resource) is { } plugin)
                {
                    await plugin.PreStartAsync(grant.Ids, cancellationToken);
                }
            }
            catch (RpcException exception)
            {
                return $"device plugin PreStartContainer rpc failed with err: {exception.Message}";
            }

            Add(grant.Response, config);
        }

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

    private static int CountOf(Container container, string resource) =>
        (int)container.Resources.Limits.GetValueOrDefault(resource).Value;

    private static List<TopologyHint> Hints(
        IReadOnlyList<KnownDevice> all, IReadOnlyList<KnownDevice> free, int count)
    {
        int[] nodes = [.. all.SelectMany(static one => one.NumaNodes).Distinct().Order()];
        int CountIn(IEnumerable<KnownDevice> devices, NumaMask mask) => devices.Count(one =>
            one.NumaNodes.Count == 0 || one.NumaNodes.Any(mask.Has));
        int fewest = NumaMask.Subsets(nodes).Where(mask => CountIn(all, mask) >= count)
            .Select(static mask => mask.Count).DefaultIfEmpty(int.MaxValue).Min();
        return
        [
            .. NumaMask.Subsets(nodes).Where(mask => CountIn(free, mask) >= count)
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
        Pod pod,
        ContainerSpec one,
        (string Resource, int Count) wanted,
        NumaMask? affinity,
        CancellationToken cancellationToken)
    {
        (string resource, int count) = wanted;
        string uid = pod.Metadata.Uid;
        if (Inventory.GrantsOf(uid, one.Name).FirstOrDefault(it => it.Resource == resource) is { } before)
        {
            return before.Ids.Count == count ? null
                : $"pod \"{uid}\" container \"{one.Name}\" changed request for resource \"{resource}\" from "
                    + $"{before.Ids.Count} to {count}";
        }

        if (plugins.Find(resource) is not { } plugin)
        {
            return Inventory.DevicesOf(resource).Count > 0
                ? $"no healthy devices present; cannot allocate unhealthy devices {resource}"
                : $"cannot allocate unregistered device {resource}";
        }

        HashSet<string> reusable = Reusable(pod, resource);
        IReadOnlyList<KnownDevice> free = Inventory.FreeOf(resource);
        try
        {
            IReadOnlyCollection<string> preferred = await plugin.PreferAsync(
                free.Select(static it => it.Id).Concat(reusable), reusable.Take(count), count, cancellationToken);
            bool IsClose(KnownDevice it) => affinity is not { } mask || it.NumaNodes.Any(mask.Has);
            if (DevicePick.Of(count, reusable, free, IsClose, preferred) is not { } ids)
            {
                return $"requested number of devices unavailable for {resource}. Requested: {count}, "
                    + $"Available: {free.Count + reusable.Count}";
            }

            ContainerAllocateResponse response = await plugins.MeasureAsync(
                resource, () => plugin.AllocateAsync(ids, cancellationToken));
            Inventory.Grant(uid, one.Name, new(resource, ids, response));
            plugins.Save();
            return null;
        }
        catch (RpcException exception)
        {
            return $"rpc error: code = {exception.Code} desc = {exception.Status.Message}";
        }
    }

    private static void Add(ContainerAllocateResponse given, Proto.ContainerConfig config)
    {
        foreach ((string name, string value) in given.Envs)
        {
            config.Envs.Add(new Proto.KeyValue { Key = name, Value = ByteString.CopyFromUtf8(value) });
        }

        foreach (Mount one in given.Mounts)
        {
            config.Mounts.Add(new Proto.Mount
            {
                ContainerPath = one.ContainerPath, HostPath = one.HostPath, Readonly = one.ReadOnly,
            });
        }

        foreach (DeviceSpec one in given.Devices)
        {
            config.Devices.Add(new Proto.Device
            {
                ContainerPath = one.ContainerPath, HostPath = one.HostPath, Permissions = one.Permissions,
            });
        }

        foreach ((string name, string value) in given.Annotations)
        {
            config.Annotations[name] = value;
        }

        config.CDIDevices.AddRange(given.CdiDevices.Select(static one => new Proto.CDIDevice { Name = one.Name }));
    }
}
