using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Scheduler.Extenders;
using Keelson.Scheduler.Plugins.DynamicResources;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Framework;

/// <summary>What a plugin is given when it is made. One for each profile.</summary>
internal sealed class PluginContext
{
    /// <summary>The scheduler's identity.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>The objects as this process knows them; may be read from anywhere.</summary>
    public required IInformers Informers { get; init; }

    /// <summary>The nodes and their pods; only on the scheduling loop.</summary>
    public required NodeSnapshot Snapshot { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The source of chance; only on the scheduling loop.</summary>
    public required Random Random { get; init; }

    /// <summary>Where the scheduler says what went wrong.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Runs something on the scheduling loop, between two pods. From anywhere.</summary>
    public required Action<Action> Post { get; init; }

    /// <summary>Tries a waiting pod again at once, by its uid. From anywhere.</summary>
    public required Action<string> Activate { get; init; }

    /// <summary>Which pods are promised which nodes; only on the scheduling loop.</summary>
    public required Nominations Nominations { get; init; }

    /// <summary>Writes events about objects. From anywhere.</summary>
    public required IEventSink Events { get; init; }

    /// <summary>Other programs that have a say.</summary>
    public IReadOnlyList<Extender> Extenders { get; init; } = [];

    /// <summary>What is known of claims of devices; the same for all profiles. Only on the scheduling loop.</summary>
    public ClaimLedger Devices { get => field ??= new(Informers); init; }

    /// <summary>
    /// Turns a pod away that a permit plugin holds back: (uid, the plugin that does, why). False when it is not held
    /// back.
    /// </summary>
    public Func<string, string, string, bool> RejectWaiting { get; init; } = static (_, _, _) => false;

    /// <summary>The profile's filters, for simulations. There once all plugins are made.</summary>
    public IFilterRunner Filters { get; set; } = null!;
}

/// <summary>Runs a profile's filters.</summary>
internal interface IFilterRunner
{
    /// <summary>
    /// Null when the pod may run on the node, pods of at least its priority that are promised the node counted as being
    /// there, and also when they are not.
    /// </summary>
    PluginStatus? FilterWithNominated(CycleState state, PodInfo pod, NodeInfo node);

    /// <summary>Whether any plugin's state for a pod depends on which pods there are.</summary>
    bool FollowsPods(CycleState state);

    /// <summary>Tells the plugins' state that a pod was added to a node.</summary>
    PluginStatus? AddPod(CycleState state, PodInfo pod, PodInfo added, NodeInfo node);

    /// <summary>Tells the plugins' state that a pod was taken from a node.</summary>
    PluginStatus? RemovePod(CycleState state, PodInfo pod, PodInfo removed, NodeInfo node);
}

/// <summary>Takes events, as <c>kubectl describe</c> shows them; never waits.</summary>
internal interface IEventSink
{
    /// <summary>An event.</summary>
    /// <param name="regarding">What it is about.</param>
    /// <param name="related">What else it is about; null for nothing.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">The reason, in a word.</param>
    /// <param name="action">What was being done, in a word.</param>
    /// <param name="note">The message.</param>
    void Record(
        Api.Kinds.IObject regarding, Api.Kinds.IObject? related, string type, string reason, string action,
        string note);
}
