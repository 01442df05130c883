using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes;

/// <summary>What every room of the node agent is given.</summary>
internal sealed record NodeContext
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where the agent keeps what pods need (upstream: <c>/var/lib/kubelet</c>); absolute.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>Where logs of containers go (upstream: <c>/var/log/pods</c>); absolute.</summary>
    public required string PodLogsDirectory { get; init; }

    /// <summary>The API under the node's identity.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>What the node may watch; pods only those that are bound to it.</summary>
    public required IInformers Informers { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Whether containers that choose no seccomp profile have the runtime's.</summary>
    public bool DefaultSeccomp { get; init; }

    /// <summary>The time for spans, which does not step when the clock is set.</summary>
    public SteadyTime Steady => field ??= new(Clock);

    /// <summary>The longest wait before a container that ended is started again.</summary>
    public TimeSpan MaxContainerRestartPeriod { get; init; } = StartBackoff.Longest;

    /// <summary>What must know a pod's addresses before its containers start; null for nobody.</summary>
    public PodConnected? Connected { get; init; }

    /// <summary>What the agent measures of itself.</summary>
    public KubeletMetrics Metrics { get; init; } = new();

    /// <summary>Whether pods can be given a network.</summary>
    public RuntimeNetwork Network { get; } = new();

    /// <summary>Where failures are told that nobody else hears of.</summary>
    public Action<string> Log { get; init; } = static _ => { };

    /// <summary>The directory of a pod: <c>ROOT/pods/UID</c>.</summary>
    public string PodDirectory(string uid) => Path.Combine(RootDirectory, "pods", uid);
}
