using System.Collections.Concurrent;
using Keelson.Api.Resource.V1;
using Keelson.Scheduler.Framework;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>What the plugin keeps of an attempt. Filters of several nodes write to it at once.</summary>
internal sealed class DeviceState(Claim[] claims, DeviceSearchInput? search, ExtendedClaim? extended = null)
    : ICycleData
{
    /// <summary>The pod's claims; replaced by newer ones as they are written.</summary>
    public Claim[] Claims { get; } = claims;

    /// <summary>The search for those of them that have no devices; null when all have.</summary>
    public DeviceSearchInput? Search { get; } = search;

    /// <summary>The claim that is to stand for extended resources, the last of all; null for none.</summary>
    public ExtendedClaim? Extended { get; } = extended;

    /// <summary>A claim for extended resources that an earlier attempt left behind; null for none.</summary>
    public Claim? Stale { get; init; }

    /// <summary>What was found on nodes.</summary>
    public ConcurrentDictionary<string, NodeDevices> Found { get; } = new(StringComparer.Ordinal);

    /// <summary>What the node that was chosen has instead of extended resources; null for nothing.</summary>
    public ExtendedVariant? Chosen { get; set; }

    /// <summary>Claims whose devices could not be used on some node, by their place.</summary>
    public ConcurrentDictionary<int, bool> Unavailable { get; } = [];

    /// <summary>What was decided for each claim; null for those that had devices already.</summary>
    public AllocationResult?[] Decided { get; } = new AllocationResult?[claims.Length];

    /// <summary>True for the claim that stands for extended resources.</summary>
    public bool IsExtended(int index) => Extended is not null && index == Claims.Length - 1;

    /// <inheritdoc/>
    public ICycleData Clone() => this;
}

/// <summary>Devices that were found on a node.</summary>
/// <param name="Search">What was looked for.</param>
/// <param name="Devices">The devices for each of its claims.</param>
/// <param name="Extended">What the last claim stands for; null when it is like the others.</param>
internal sealed record NodeDevices(
    DeviceSearchInput Search, IReadOnlyList<ChosenDevice>[] Devices, ExtendedVariant? Extended);
