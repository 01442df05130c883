using System.Collections.Concurrent;

namespace Keelson.Nodes.Probes;

/// <summary>The kinds of probes.</summary>
internal enum ProbeKind
{
    /// <summary>Whether the container is up.</summary>
    Startup,

    /// <summary>Whether it still works.</summary>
    Liveness,

    /// <summary>Whether it may be given work.</summary>
    Readiness,
}

/// <summary>What a probe found.</summary>
internal enum ProbeVerdict
{
    /// <summary>Nothing yet.</summary>
    Unknown,

    /// <summary>All is well.</summary>
    Success,

    /// <summary>It is not.</summary>
    Failure,
}

/// <summary>What probes found of containers.</summary>
internal interface IProbeResults
{
    /// <summary>The verdict on a container; null when there is none.</summary>
    ProbeVerdict? Of(string containerId, ProbeKind kind);
}

/// <summary>The verdicts on one pod's containers.</summary>
internal sealed class ProbeResults : IProbeResults
{
    private readonly ConcurrentDictionary<(string Id, ProbeKind Kind), ProbeVerdict> _verdicts = [];

    /// <inheritdoc/>
    public ProbeVerdict? Of(string containerId, ProbeKind kind) =>
        _verdicts.TryGetValue((containerId, kind), out ProbeVerdict verdict) ? verdict : null;

    /// <summary>Notes a verdict; true when it is another than before.</summary>
    public bool Set(string containerId, ProbeKind kind, ProbeVerdict verdict)
    {
        bool isNew = Of(containerId, kind) != verdict;
        _verdicts[(containerId, kind)] = verdict;
        return isNew;
    }

    /// <summary>Forgets a container.</summary>
    public void Remove(string containerId, ProbeKind kind) => _verdicts.TryRemove((containerId, kind), out _);
}
