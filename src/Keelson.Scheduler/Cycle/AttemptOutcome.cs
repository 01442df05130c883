using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>How an attempt to place a pod ended.</summary>
internal sealed class AttemptOutcome
{
    private AttemptOutcome(
        NodeInfo? node, string message, IReadOnlyCollection<string> plugins, bool isError, Nomination? nomination)
    {
        Node = node;
        Message = message;
        Plugins = plugins;
        IsError = isError;
        Nomination = nomination;
    }

    /// <summary>The node that was found; null for none.</summary>
    public NodeInfo? Node { get; }

    /// <summary>What the pod's event and condition say.</summary>
    public string Message { get; }

    /// <summary>The plugins that turned the pod away.</summary>
    public IReadOnlyCollection<string> Plugins { get; }

    /// <summary>True when something went wrong, not the cluster's state stands against the pod.</summary>
    public bool IsError { get; }

    /// <summary>True when the plugins wait for something that is on its way.</summary>
    public bool IsPending { get; set; }

    /// <summary>What becomes of the pod's nominated node.</summary>
    public Nomination? Nomination { get; }

    public static AttemptOutcome Placed(NodeInfo node) => new(node, "", [], false, null);

    public static AttemptOutcome Unschedulable(
        string message, IReadOnlyCollection<string> plugins, Nomination? nomination) =>
        new(null, message, plugins, false, nomination);

    public static AttemptOutcome Failed(PluginStatus status) => new(null, status.Message, [], true, new(""));
}

/// <summary>A pod on its way to a node.</summary>
/// <param name="Queued">The pod as it waited.</param>
/// <param name="Pod">The pod as it will be, with its node.</param>
/// <param name="Profile">Its profile.</param>
/// <param name="State">The attempt's state.</param>
/// <param name="NodeName">The node.</param>
/// <param name="Started">When the attempt began, as a timestamp.</param>
internal sealed record Placement(
    QueuedPod Queued, PodInfo Pod, Profile Profile, CycleState State, string NodeName, long Started);
