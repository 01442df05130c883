using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Framework;

/// <summary>
/// A plugin: a class in its own folder under <c>Plugins/</c>, which implements the extension points it takes part in,
/// and a line in <c>PluginRegistry</c>. Unless an extension point says otherwise it is called on the scheduling loop,
/// which alone changes the <see cref="NodeSnapshot"/>: nothing needs a lock there, and nothing may block.
/// </summary>
internal interface IPlugin
{
    /// <summary>The name as configuration files have it.</summary>
    string Name { get; }
}

/// <summary>Decides whether a pod may enter the queue at all.</summary>
internal interface IPreEnqueuePlugin : IPlugin
{
    /// <summary>Null to let it in; otherwise why it has to stay outside.</summary>
    PluginStatus? PreEnqueue(PodInfo pod);
}

/// <summary>Orders the queue. Exactly one is active, the same in all profiles.</summary>
internal interface IQueueSortPlugin : IPlugin
{
    /// <summary>Negative when the left one comes first.</summary>
    int Compare(QueuedPod left, QueuedPod right);
}

/// <summary>Looks at the pod and the cluster once, before nodes are looked at.</summary>
internal interface IPreFilterPlugin : IPlugin
{
    /// <summary>
    /// Null to go on, <see cref="PluginStatus.Skip"/> to leave out this plugin's filter, otherwise why the pod fits
    /// nowhere.
    /// </summary>
    /// <param name="state">The attempt's state.</param>
    /// <param name="pod">The pod to place.</param>
    /// <param name="restriction">The nodes that come into question at all; null for no restriction.</param>
    PluginStatus? PreFilter(CycleState state, PodInfo pod, out NodeRestriction? restriction);
}

/// <summary>Brings what PreFilter computed up to date for pods that come or go in a simulation.</summary>
internal interface IPreFilterExtensions : IPreFilterPlugin
{
    /// <summary>
    /// As if a pod were added to the node, which holds it already. Runs on several threads, each with its own state.
    /// </summary>
    PluginStatus? AddPod(CycleState state, PodInfo pod, PodInfo added, NodeInfo node);

    /// <summary>
    /// As if a pod were taken from the node, which no longer holds it. Runs on several threads, each with its own
    /// state.
    /// </summary>
    PluginStatus? RemovePod(CycleState state, PodInfo pod, PodInfo removed, NodeInfo node);
}

/// <summary>Decides whether a pod may run on a node.</summary>
internal interface IFilterPlugin : IPlugin
{
    /// <summary>
    /// Null when it may. Runs on several threads for different nodes. Reads the node it is given, which in simulations
    /// is a copy; never the snapshot's one of the same name.
    /// </summary>
    PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node);
}

/// <summary>
/// A filter that goes by the pod and the one node alone, whatever else is in the cluster. So what it said about a node
/// holds for all pods that it sees alike until that node changes, and need not be asked again.
/// </summary>
internal interface INodeLocalFilterPlugin : IFilterPlugin
{
    /// <summary>True when the filter says the same about two pods on any node.</summary>
    bool SeesAlike(PodInfo one, PodInfo other);
}

/// <summary>Called when no node was found; may make room.</summary>
internal interface IPostFilterPlugin : IPlugin
{
    /// <summary>
    /// Null when the pod will fit once what was started is done; otherwise why nothing could be done. Long work is
    /// started here and goes on elsewhere.
    /// </summary>
    /// <param name="state">The attempt's state.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="statuses">Why each node was turned down.</param>
    /// <param name="nomination">What becomes of the pod's nominated node; null to leave it.</param>
    PluginStatus? PostFilter(CycleState state, PodInfo pod, NodeStatuses statuses, out Nomination? nomination);
}

/// <summary>Looks at the feasible nodes once, before they are scored.</summary>
internal interface IPreScorePlugin : IPlugin
{
    /// <summary>Null to go on, <see cref="PluginStatus.Skip"/> to leave out this plugin's scores.</summary>
    PluginStatus? PreScore(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes);
}

/// <summary>Ranks feasible nodes.</summary>
internal interface IScorePlugin : IPlugin
{
    /// <summary>
    /// Writes a score for each node, all at once. After <see cref="INormalizeScorePlugin"/>, if the plugin has that
    /// too, they lie between 0 and <see cref="Scores.Max"/>.
    /// </summary>
    PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores);
}

/// <summary>Brings a score plugin's scores between 0 and <see cref="Scores.Max"/>.</summary>
internal interface INormalizeScorePlugin : IScorePlugin
{
    /// <summary>Changes the scores in place.</summary>
    PluginStatus? Normalize(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores);
}

/// <summary>Told when a node was chosen, and when that came to nothing.</summary>
internal interface IReservePlugin : IPlugin
{
    /// <summary>Notes what the pod takes up; otherwise why it can't after all.</summary>
    PluginStatus? Reserve(CycleState state, PodInfo pod, NodeInfo node);

    /// <summary>
    /// Takes back what was noted, if anything; called in reverse order, also of plugins whose Reserve failed or was not
    /// reached.
    /// </summary>
    void Unreserve(CycleState state, PodInfo pod, string nodeName);
}

/// <summary>May hold a pod back before it is bound.</summary>
internal interface IPermitPlugin : IPlugin
{
    /// <summary>
    /// Null to go on, <see cref="StatusCode.Wait"/> to hold it back for so long at most, otherwise why not.
    /// </summary>
    PluginStatus? Permit(CycleState state, PodInfo pod, NodeInfo node, out TimeSpan timeout);
}

/// <summary>
/// Prepares what the pod needs on its node. Runs outside of the scheduling loop: no access to the snapshot.
/// </summary>
internal interface IPreBindPlugin : IPlugin
{
    /// <summary>
    /// On the scheduling loop: <see cref="PluginStatus.Skip"/> when there will be nothing to do, null otherwise.
    /// </summary>
    PluginStatus? PreBindPreFlight(CycleState state, PodInfo pod, NodeInfo node);

    /// <summary>Null when the pod can be bound.</summary>
    ValueTask<PluginStatus?> PreBindAsync(
        CycleState state, PodInfo pod, string nodeName, CancellationToken cancellationToken);
}

/// <summary>Binds a pod to its node. Runs outside of the scheduling loop.</summary>
internal interface IBindPlugin : IPlugin
{
    /// <summary>Null when it is bound, <see cref="PluginStatus.Skip"/> to leave it to the next.</summary>
    ValueTask<PluginStatus?> BindAsync(
        CycleState state, PodInfo pod, string nodeName, CancellationToken cancellationToken);
}

/// <summary>Told when a pod is bound. Runs outside of the scheduling loop.</summary>
internal interface IPostBindPlugin : IPlugin
{
    /// <summary>The pod is bound.</summary>
    void PostBind(CycleState state, PodInfo pod, string nodeName);
}

/// <summary>Says what may make a pod schedulable that this plugin turned away.</summary>
internal interface IEnqueueExtensions : IPlugin
{
    /// <summary>The events; asked once.</summary>
    IEnumerable<ClusterEventHint> EventsToRegister();
}

/// <summary>
/// Follows the snapshot, to keep sums and indexes instead of computing them for each pod. Assumed pods count as placed.
/// Called on the scheduling loop, after the change; not in simulations.
/// </summary>
internal interface ISnapshotObserver : IPlugin
{
    /// <summary>A node is new.</summary>
    void NodeAdded(NodeInfo node);

    /// <summary>A node's object changed; <see cref="NodeInfo.Node"/> is the new one.</summary>
    void NodeUpdated(NodeInfo node, Api.Core.V1.Node old);

    /// <summary>A node is gone; pods it still has are not called back for.</summary>
    void NodeRemoved(NodeInfo node);

    /// <summary>A pod came to a node.</summary>
    void PodAdded(NodeInfo node, PodInfo pod);

    /// <summary>A pod left a node.</summary>
    void PodRemoved(NodeInfo node, PodInfo pod);
}
