using System.Collections.Concurrent;
using Keelson.Api.Resource.V1;
using Keelson.Scheduler.Framework;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>What the plugin keeps of an attempt. Filters of several nodes write to it at once.</summary>
internal sealed class DeviceState(Claim[] claims, DeviceSearchInput? search) : ICycleData
{
    /// <summary>The pod's claims; replaced by newer ones as they are written.</summary>
    public Claim[] Claims { get; } = claims;

    /// <summary>The search for those that have no devices; null when all have.</summary>
    public DeviceSearchInput? Search { get; } = search;

    /// <summary>What was found on nodes, for the claims of <see cref="Search"/>.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<ChosenDevice>[]> Found { get; } = new(StringComparer.Ordinal);

    /// <summary>Claims whose devices could not be used on some node, by their place.</summary>
    public ConcurrentDictionary<int, bool> Unavailable { get; } = [];

    /// <summary>What was decided for each claim; null for those that had devices already.</summary>
    public AllocationResult?[] Decided { get; } = new AllocationResult?[claims.Length];

    /// <inheritdoc/>
    public ICycleData Clone() => this;
}
