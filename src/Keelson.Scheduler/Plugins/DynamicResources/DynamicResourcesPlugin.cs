using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Client.Nodes;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>
/// Keeps pods to nodes where their claims can have devices, and gives the claims devices there. What was decided is in
/// the ledger until the claims show it.
/// </summary>
internal sealed class DynamicResourcesPlugin :
    IPreEnqueuePlugin, IPreFilterPlugin, IFilterPlugin, IPostFilterPlugin, IPreScorePlugin, INormalizeScorePlugin,
    IReservePlugin, IPreBindPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "DynamicResources";

    /// <summary>Upstream's <c>FirstAvailableDeviceRequestMaxSize</c>: the best alternative scores as much.</summary>
    private const int MostAlternatives = 8;

    private static readonly StateSlot<DeviceState> Slot = new();
    private static readonly PluginStatus InUse = Refused("resourceclaim in use");
    private static readonly PluginStatus NotAvailable = Refused("resourceclaim not available on the node");
    private static readonly PluginStatus NoDevices = Refused("cannot allocate all claims");
    private static readonly PluginStatus Stale = Refused("cannot schedule extended resource claim");
    private static readonly PluginStatus MissingResource = Refused("cannot fit resource");
    private static readonly PluginStatus NothingToFree = NotHelped("no new claims to deallocate");
    private static readonly PluginStatus Freed = NotHelped("deallocation of ResourceClaim completed");
    private static readonly PluginStatus Deleted = NotHelped("deletion of ResourceClaim completed");
    private static readonly PluginStatus StillUnfit = NotHelped("still not schedulable");

    private readonly DynamicResourcesArgs _args;
    private readonly PluginContext _context;
    private readonly ClaimLedger _ledger;
    private readonly PodDevices _pods;
    private readonly ClaimWriter _writer;
    private readonly ClaimNeeds _needs;
    private readonly DeviceBinding _binding;

    public DynamicResourcesPlugin(DynamicResourcesArgs args, PluginContext context)
    {
        _args = args;
        _context = context;
        _ledger = context.Devices;
        _pods = new(_ledger);
        _writer = new(context);
        _needs = new(_ledger);
        _binding = new(context, _writer, args.BindingTimeout);
    }

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeLabel)),
        new(
            new(EventResource.ResourceClaim, ActionType.Add | ActionType.Update | ActionType.Delete),
            _pods.IsWorthAfterClaim),
        new(new(EventResource.UnscheduledPod, ActionType.UpdatePodGeneratedResourceClaim), _pods.IsWorthAfterPod),
        new(new(EventResource.DeviceClass, ActionType.Add | ActionType.Update)),
        new(new(EventResource.ResourceSlice, ActionType.Add | ActionType.Update)),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreEnqueue(PodInfo pod) =>
        _pods.ClaimsOf(pod.Pod, out string? problem) is null ? Refused(problem!) : null;

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        if (_pods.ClaimsOf(pod.Pod, out string? problem) is not { } claims)
        {
            return Refused(problem!);
        }

        bool isExtended = ExtendedClaim.IsNeededBy(pod, _ledger);
        if (isExtended && _ledger.ExtendedOf(pod.Uid) is { } stale)
        {
            // Left from an attempt that failed after it was made: it goes before there is another.
            state.Set(Slot, new([.. claims, stale], null) { Stale = stale });
            return null;
        }

        if (claims.Length == 0 && !isExtended)
        {
            return PluginStatus.Skip;
        }

        List<ClaimNeed> needs = [];
        foreach (Claim claim in claims)
        {
            if (claim.Status.Allocation is not null)
            {
                if (!DeviceClaims.CanBeReserved(claim) && !DeviceClaims.IsReservedFor(claim, pod.Uid))
                {
                    return InUse;
                }
            }
            else if (_needs.Of(claim, out ClaimNeed? need) is { } refused)
            {
                return refused;
            }
            else
            {
                needs.Add(need!);
            }
        }

        DeviceSearchInput search = new()
        {
            Claims = needs,
            Inventory = _ledger.Inventory(),
            InUse = _ledger.InUse(),
            Selectors = _ledger.Selectors,
            Timeout = _args.FilterTimeout,
            Clock = _context.Clock,
        };
        ExtendedClaim? extended = isExtended ? new(pod, _ledger, search, RandomIdentity()) : null;
        state.Set(Slot, new(
            extended is null ? claims : [.. claims, extended.Claim], needs.Count == 0 ? null : search, extended));
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        if (state.Get(Slot) is not { } devices)
        {
            return null;
        }

        if (devices.Stale is not null)
        {
            return Stale;
        }

        ExtendedVariant? variant = null;
        if (devices.Extended is { } extended)
        {
            variant = extended.On(node, out bool fits);
            if (!fits)
            {
                return MissingResource;
            }
        }

        bool isAvailable = true;
        for (int i = 0; i < devices.Claims.Length; i++)
        {
            if (!IsAvailable(devices.Claims[i], node.Node))
            {
                devices.Unavailable[i] = true;
                isAvailable = false;
            }
        }

        if ((variant?.Search ?? devices.Search) is { } search)
        {
            IReadOnlyList<ChosenDevice>[]? found =
                DeviceSearch.Find(search, node.Node, out DeviceSearchFailure? failure);
            if (found is null)
            {
                return failure is null ? NoDevices
                    : failure.IsOfNode ? Refused(failure.Message)
                    : PluginStatus.Error(PluginName, failure.Message);
            }

            devices.Found[node.Name] = new(search, found, variant);
        }

        return isAvailable ? null : NotAvailable;
    }

    /// <inheritdoc/>
    public PluginStatus? PostFilter(CycleState state, PodInfo pod, NodeStatuses statuses, out Nomination? nomination)
    {
        nomination = null;
        if (state.Get(Slot) is not { } devices)
        {
            return NothingToFree;
        }

        if (devices.Stale is { } stale)
        {
            _ = Task.Run(() => _writer.DeleteAsync(stale, CancellationToken.None));
            return Deleted;
        }

        // No claim is a better choice than another.
        foreach (int index in devices.Unavailable.Keys.Order())
        {
            Claim claim = devices.Claims[index];
            if (claim.Status.ReservedFor.All(one => one.Uid == pod.Uid))
            {
                _ = Task.Run(() => _writer.DeallocateAsync(claim, CancellationToken.None));
                return Freed;
            }
        }

        return StillUnfit;
    }

    /// <inheritdoc/>
    public PluginStatus? PreScore(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes) =>
        state.Get(Slot)?.Search is { } search
        && search.Claims.Any(static claim => claim.Requests.Any(static one => one[0].Alternative.Length > 0))
            ? null
            : PluginStatus.Skip;

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        DeviceState devices = state.Get(Slot)!;
        for (int i = 0; i < nodes.Length; i++)
        {
            scores[i] = devices.Found.TryGetValue(nodes[i].Name, out NodeDevices? found)
                ? ScoreOf(found.Search, found.Devices)
                : 0;
        }

        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Normalize(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        Scores.Normalize(scores, reverse: false);
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Reserve(CycleState state, PodInfo pod, NodeInfo node)
    {
        if (state.Get(Slot) is not { } devices)
        {
            return null;
        }

        if (!devices.Found.TryGetValue(node.Name, out NodeDevices? found))
        {
            // Where a device plugin offers the extended resources, there is nothing to claim for them.
            return devices.Search is null
                ? null
                : PluginStatus.Error(PluginName, "claim allocation not found for node");
        }

        devices.Chosen = found.Extended;
        for (int i = 0; i < found.Search.Claims.Count; i++)
        {
            Claim claim = found.Search.Claims[i].Claim;
            AllocationResult allocation = AllocationResults.Identified(
                AllocationResults.Of(found.Search.Claims[i], found.Devices[i], node.Name), RandomIdentity);
            bool isExtended = ReferenceEquals(claim, found.Extended?.Claim);
            devices.Decided[isExtended ? devices.Claims.Length - 1 : Array.IndexOf(devices.Claims, claim)] = allocation;
            _ledger.Promise(claim, allocation);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Unreserve(CycleState state, PodInfo pod, string nodeName)
    {
        if (state.Get(Slot) is not { } devices)
        {
            return;
        }

        for (int i = 0; i < devices.Claims.Length; i++)
        {
            Claim claim = devices.Claims[i];
            bool isExtended = devices.IsExtended(i);
            if (devices.Decided[i] is { } decided)
            {
                _ledger.Forget(isExtended ? devices.Chosen!.Claim : claim, decided);
            }

            if (isExtended)
            {
                if (claim.Metadata.Name.Length > 0)
                {
                    _ = Task.Run(() => _writer.DeleteAsync(claim, CancellationToken.None));
                }
            }
            else if (claim.Status.Allocation is not null && DeviceClaims.IsReservedFor(claim, pod.Uid))
            {
                _ = Task.Run(() => _writer.ReleaseAsync(claim, pod.Pod, CancellationToken.None));
            }
        }
    }

    /// <inheritdoc/>
    public PluginStatus? PreBindPreFlight(CycleState state, PodInfo pod, NodeInfo node) =>
        state.Get(Slot) is null ? PluginStatus.Skip : null;

    /// <inheritdoc/>
    public async ValueTask<PluginStatus?> PreBindAsync(
        CycleState state, PodInfo pod, string nodeName, CancellationToken cancellationToken) =>
        await _binding.RunAsync(state.Get(Slot)!, pod, nodeName, cancellationToken);

    /// <summary>A pod that other nodes or other claims may suit.</summary>
    internal static PluginStatus Refused(string reason) =>
        new(StatusCode.UnschedulableAndUnresolvable, PluginName, reason);

    private static PluginStatus NotHelped(string reason) => new(StatusCode.Unschedulable, PluginName, reason);

    /// <summary>The earlier an alternative is listed, the better it is.</summary>
    private static long ScoreOf(DeviceSearchInput search, IReadOnlyList<ChosenDevice>[] found)
    {
        long score = 0;
        for (int i = 0; i < found.Length; i++)
        {
            foreach (DeviceNeed[] alternatives in search.Claims[i].Requests)
            {
                int chosen = Array.FindIndex(alternatives, need => found[i].Any(one => one.Need == need));
                score += alternatives[0].Alternative.Length > 0 && chosen >= 0 ? MostAlternatives - chosen : 0;
            }
        }

        return score;
    }

    /// <summary>
    /// True when a claim needs no devices any more that the node has not, and those it has did not fail.
    /// </summary>
    private bool IsAvailable(Claim claim, Node node)
    {
        if (claim.Status.Allocation is not { } allocation)
        {
            return true;
        }

        if (allocation.NodeSelector is { } selector && !NodeMatching.MeetsAny(selector.NodeSelectorTerms, node))
        {
            return false;
        }

        bool isReady = BindingConditions.IsReady(claim, out string? problem);
        return problem is null
            && (isReady || !BindingConditions.IsLate(claim, _args.BindingTimeout, _context.Clock.GetUtcNow()));
    }

    private string RandomIdentity()
    {
        Span<byte> bytes = stackalloc byte[16];
        _context.Random.NextBytes(bytes);

        // The bits of a random UUID: version 4, variant 1.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
