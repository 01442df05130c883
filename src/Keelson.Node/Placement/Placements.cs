using System.Collections.ObjectModel;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Devices;
using Keelson.Nodes.Dra;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Placement;

/// <summary>
/// Gives pods what their containers have for themselves before they start, on NUMA nodes that suit all of it
/// (upstream's topology manager).
/// </summary>
internal sealed class Placements(
    PlacementConfig config, NumaNodes numaNodes, IReadOnlyList<IPlacementProvider> providers)
{
    private readonly TopologyOptions _options = TopologyOptions.Of(config.TopologyPolicyOptions).Options;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Claims of dynamic resources; null for none.</summary>
    public DynamicResources? Claims { get; init; }

    /// <summary>Where requests are counted; null for nowhere.</summary>
    public PlacementMetrics? Metrics { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Devices; null for none.</summary>
    public DeviceInventory? Devices { get; init; }

    /// <summary>False while no device plugin can register.</summary>
    public Func<bool> PluginsCanRegister { get; init; } = static () => true;

    /// <summary>How the devices are that a pod's containers were given, by the containers' names.</summary>
    public IReadOnlyDictionary<string, ApiList<ResourceStatus>> HealthOf(Pod pod)
    {
        IReadOnlyDictionary<string, ApiList<ResourceStatus>> devices =
            Devices?.HealthOf(pod.Metadata.Uid) ?? ReadOnlyDictionary<string, ApiList<ResourceStatus>>.Empty;
        if (devices.Count > 0 && pod.Spec.InitContainers.Count > 0)
        {
            // Upstream tells it of containers that start after the others only.
            HashSet<string> told = [.. pod.Spec.Containers.Select(static one => one.Name)];
            devices = devices.Where(one => told.Contains(one.Key)).ToDictionary(StringComparer.Ordinal);
        }

        if (Claims is null || pod.Spec.ResourceClaims.Count == 0)
        {
            return devices;
        }

        Dictionary<string, ApiList<ResourceStatus>> all = new(devices, StringComparer.Ordinal);
        foreach (KeyValuePair<string, ApiList<ResourceStatus>> one in Claims.HealthOf(pod))
        {
            all[one.Key] = all.GetValueOrDefault(one.Key).Concat(one.Value).ToApiList();
        }

        return all;
    }

    /// <summary>What a node has for pods, with the devices that containers have although their plugin is not back: a
    /// pod that has devices is not turned away for that.</summary>
    public ApiMap<Quantity> WithGiven(Pod pod, ApiMap<Quantity> allocatable)
    {
        if (Devices is null || !Devices.Grants.Any(one => one.Pod == pod.Metadata.Uid))
        {
            return allocatable;
        }

        foreach ((string resource, int count) in Devices.GivenCounts)
        {
            if (allocatable.GetValueOrDefault(resource).Value < count)
            {
                allocatable = allocatable.With(resource, Quantity.FromValue(count));
            }
        }

        return allocatable;
    }

    /// <summary>Null, or why a pod can't be given what it asks for.</summary>
    public async Task<PodVerdict?> AdmitAsync(Pod pod, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Metrics?.TopologyRequests.Count();
            long begun = Clock.GetTimestamp();
            PodVerdict? verdict = await AllocateAsync(pod, cancellationToken);
            Metrics?.TopologyDuration.Observe(Clock.GetElapsedTime(begun).TotalMilliseconds);
            if (verdict is not null)
            {
                Metrics?.TopologyErrors.Add(verdict.Reason == "TopologyAffinityError" ? 1 : 0);
                Release(pod.Metadata.Uid);
            }

            return verdict;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Adds what a container was given to what it is made from.</summary>
    /// <returns>Null, or why it can't start.</returns>
    public async Task<string?> AddToAsync(
        Pod pod, ContainerSpec one, Proto.ContainerConfig container, CancellationToken cancellationToken)
    {
        foreach (IPlacementProvider provider in providers)
        {
            if (await provider.AddToAsync(pod, one, container, cancellationToken) is { } error)
            {
                return error;
            }
        }

        return Claims?.AddTo(pod, one, container);
    }

    /// <summary>Takes back what pods were given that are gone.</summary>
    public void Prune(Func<string, bool> isKnown)
    {
        foreach (string uid in providers.SelectMany(static one => one.Holders).Where(one => !isKnown(one)).ToArray())
        {
            Release(uid);
        }
    }

    /// <summary>Takes back what a pod was given.</summary>
    public void Release(string podUid)
    {
        foreach (IPlacementProvider provider in providers)
        {
            provider.Release(podUid);
        }
    }

    private async Task<PodVerdict?> AllocateAsync(Pod pod, CancellationToken cancellationToken)
    {
        ContainerSpec[] all = [.. ContainerSpec.InitOf(pod.Spec), .. ContainerSpec.RegularOf(pod.Spec)];
        bool isTogether = config.TopologyScope == "pod";
        (TopologyHint Best, bool IsAdmitted) whole = isTogether ? Merge(pod, all) : default;
        foreach (ContainerSpec one in all)
        {
            (TopologyHint best, bool isAdmitted) = isTogether ? whole : Merge(pod, [one]);
            if (!isTogether || ReferenceEquals(one, all[0]))
            {
                CountAligned(isAdmitted, isTogether);
            }

            if (!isAdmitted)
            {
                return new("TopologyAffinityError", "Resources cannot be allocated with Topology locality");
            }

            foreach (IPlacementProvider provider in providers)
            {
                if (await provider.AllocateAsync(pod, one, best.Affinity, cancellationToken) is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    /// <summary>Only one policy says that all of it is on one node.</summary>
    private void CountAligned(bool isAligned, bool isTogether)
    {
        if (config.TopologyPolicy == "single-numa-node")
        {
            (isAligned ? Metrics?.Aligned : Metrics?.NotAligned)?.Count(
                PlacementMetrics.OneNode, isTogether ? PlacementMetrics.OfPod : PlacementMetrics.OfContainer);
        }
    }

    private (TopologyHint Best, bool IsAdmitted) Merge(Pod pod, IReadOnlyList<ContainerSpec> containers) =>
        TopologyPolicy.Merge(
            config.TopologyPolicy,
            numaNodes,
            config.TopologyPolicy == "none" ? [] : [.. providers.SelectMany(one => one.HintsOf(pod, containers))],
            _options);
}
