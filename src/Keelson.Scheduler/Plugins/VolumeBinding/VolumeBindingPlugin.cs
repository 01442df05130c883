using Keelson.Api.Core.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.VolumeBinding;

/// <summary>
/// Keeps pods to nodes where their volumes can be used, and gives claims that wait for their pod a volume there: one
/// that exists, or one that is made.
/// </summary>
internal sealed class VolumeBindingPlugin :
    IPreFilterPlugin, IFilterPlugin, IReservePlugin, IPreBindPlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "VolumeBinding";

    private static readonly StateSlot<VolumeNeeds> NeedsSlot = new();
    private static readonly StateSlot<VolumeDecision> DecisionSlot = new();

    private static readonly PluginStatus Unbound = new(
        StatusCode.UnschedulableAndUnresolvable, PluginName, "pod has unbound immediate PersistentVolumeClaims");

    private readonly PluginContext _context;
    private readonly PodClaims _claims;
    private readonly VolumeChoice _choice;
    private readonly VolumeWriter _writer;

    public VolumeBindingPlugin(VolumeBindingArgs args, PluginContext context)
    {
        _context = context;
        _claims = new(context.Informers);
        _choice = new(_claims, context.Informers);
        _writer = new(context, args.BindTimeout);
    }

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.StorageClass, ActionType.Add | ActionType.Update)),
        new(
            new(EventResource.PersistentVolumeClaim, ActionType.Add | ActionType.Update),
            static (pod, _, now) => now is PersistentVolumeClaim claim && claim.Metadata.Namespace == pod.Namespace
                && pod.ClaimNames.Contains(claim.Metadata.Name)),
        new(new(EventResource.PersistentVolume, ActionType.Add | ActionType.Update)),
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeLabel | ActionType.UpdateNodeTaint)),
        new(new(EventResource.CSINode, ActionType.Add | ActionType.Update)),
        new(new(EventResource.CSIDriver, ActionType.Update)),
        new(new(EventResource.CSIStorageCapacity, ActionType.Add | ActionType.Update)),
    ];

    /// <inheritdoc/>
    public PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction)
    {
        restriction = null;
        if (pod.ClaimNames.Length == 0)
        {
            return PluginStatus.Skip;
        }

        if (_claims.Of(pod, PluginName, out List<PersistentVolumeClaim> claims) is { } missing)
        {
            return missing;
        }

        List<PersistentVolumeClaim> bound = [];
        List<PersistentVolumeClaim> waiting = [];
        foreach (PersistentVolumeClaim claim in claims.DistinctBy(static one => one.Metadata.Name))
        {
            if (PodClaims.IsBound(claim))
            {
                bound.Add(claim);
            }
            else if (claim.Spec.VolumeName.Length == 0 && _claims.Class(PodClaims.ClassOf(claim)) is
            {
                VolumeBindingMode: VolumeBindingMode.WaitForFirstConsumer,
            })
            {
                waiting.Add(claim);
            }
            else
            {
                return Unbound;
            }
        }

        // Small ones first, so that large volumes are left for large claims.
        state.Set(NeedsSlot, new(bound, [.. waiting.OrderBy(VolumeChoice.SizeOf)]));
        return null;
    }

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node) => Decide(state, node, out _);

    /// <inheritdoc/>
    public PluginStatus? Reserve(CycleState state, PodInfo pod, NodeInfo node)
    {
        if (state.Get(NeedsSlot) is null)
        {
            return null;
        }

        if (Decide(state, node, out VolumeDecision decision) is { } refused)
        {
            return refused;
        }

        state.Set(DecisionSlot, decision);
        foreach ((PersistentVolumeClaim claim, PersistentVolume volume) in decision.Bindings)
        {
            _choice.Promised[volume.Metadata.Name] = ObjectKey.Of(claim);
        }

        foreach (PersistentVolumeClaim claim in decision.Provisions)
        {
            _choice.Selected[ObjectKey.Of(claim)] = node.Name;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Unreserve(CycleState state, PodInfo pod, string nodeName)
    {
        if (state.Get(DecisionSlot) is { } decision)
        {
            Release(decision);
        }
    }

    /// <inheritdoc/>
    public PluginStatus? PreBindPreFlight(CycleState state, PodInfo pod, NodeInfo node) =>
        state.Get(DecisionSlot) is { IsEmpty: false } ? null : PluginStatus.Skip;

    /// <inheritdoc/>
    public async ValueTask<PluginStatus?> PreBindAsync(
        CycleState state, PodInfo pod, string nodeName, CancellationToken cancellationToken)
    {
        VolumeDecision decision = state.Get(DecisionSlot)!;
        if (await _writer.WriteAsync(decision, pod, nodeName, cancellationToken) is { } problem)
        {
            return PluginStatus.Error(PluginName, "binding volumes: " + problem);
        }

        // From here on the objects themselves show it.
        _context.Post(() => Release(decision));
        return null;
    }

    /// <summary>What becomes of the claims of the pod on a node; otherwise why it does not work there.</summary>
    internal PluginStatus? Decide(CycleState state, NodeInfo node, out VolumeDecision decision) =>
        _choice.Decide(state.Get(NeedsSlot)!, node.Node, out decision);

    private void Release(VolumeDecision decision)
    {
        foreach ((_, PersistentVolume volume) in decision.Bindings)
        {
            _choice.Promised.Remove(volume.Metadata.Name);
        }

        foreach (PersistentVolumeClaim claim in decision.Provisions)
        {
            _choice.Selected.Remove(ObjectKey.Of(claim));
        }
    }
}
