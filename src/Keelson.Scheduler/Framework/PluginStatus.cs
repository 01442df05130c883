namespace Keelson.Scheduler.Framework;

/// <summary>What a plugin says about a pod, or a pod on a node.</summary>
internal enum StatusCode
{
    /// <summary>Fine.</summary>
    Success,

    /// <summary>Something went wrong that has nothing to do with the cluster's state; the pod is tried again.</summary>
    Error,

    /// <summary>Not now; moving other pods out of the way might help.</summary>
    Unschedulable,

    /// <summary>Not now, and no preemption helps.</summary>
    UnschedulableAndUnresolvable,

    /// <summary>From permit: the pod waits for a decision.</summary>
    Wait,

    /// <summary>The plugin has nothing to do with this pod: its later extension points are left out.</summary>
    Skip,

    /// <summary>Not now; something that is on its way has to happen first, and then the pod is tried at once.</summary>
    Pending,
}

/// <summary>
/// A plugin's answer other than success, which is null. Answers that don't depend on the pod are made once and shared:
/// a filter says no to thousands of nodes.
/// </summary>
internal sealed class PluginStatus
{
    /// <summary>An answer.</summary>
    /// <param name="code">The kind.</param>
    /// <param name="plugin">Who answers: the plugin's name.</param>
    /// <param name="reasons">Upstream's words; those of filters are counted over nodes and shown in the pod's
    /// events.</param>
    public PluginStatus(StatusCode code, string plugin, params string[] reasons)
    {
        Code = code;
        Plugin = plugin;
        Reasons = reasons;
    }

    /// <summary>Skips the plugin for this pod.</summary>
    public static PluginStatus Skip { get; } = new(StatusCode.Skip, "");

    /// <summary>The kind.</summary>
    public StatusCode Code { get; }

    /// <summary>The plugin's name.</summary>
    public string Plugin { get; }

    /// <summary>Upstream's words.</summary>
    public IReadOnlyList<string> Reasons { get; }

    /// <summary>All reasons as one text.</summary>
    public string Message => string.Join(", ", Reasons);

    /// <summary>True when the pod is turned away because of the cluster's state.</summary>
    public bool IsRejected =>
        Code is StatusCode.Unschedulable or StatusCode.UnschedulableAndUnresolvable or StatusCode.Pending;

    /// <summary>A failure.</summary>
    public static PluginStatus Error(string plugin, string message) => new(StatusCode.Error, plugin, message);
}
