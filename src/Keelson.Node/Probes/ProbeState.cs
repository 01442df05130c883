using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Probes;

/// <summary>
/// Counts what a probe finds of one container until it is a verdict. Pure: the prober asks it whether to probe and
/// tells it what came out.
/// </summary>
internal sealed class ProbeState(ProbeKind kind, Probe probe)
{
    private ProbeVerdict _last = ProbeVerdict.Unknown;
    private int _run;

    /// <summary>The verdict.</summary>
    public ProbeVerdict Verdict { get; private set; } = Initial(kind);

    /// <summary>True when a failed container is left alone until it is replaced.</summary>
    public bool IsOnHold { get; private set; }

    /// <summary>The verdict on a container that was not probed yet.</summary>
    public static ProbeVerdict Initial(ProbeKind kind) => kind switch
    {
        ProbeKind.Readiness => ProbeVerdict.Failure,
        ProbeKind.Liveness => ProbeVerdict.Success,
        _ => ProbeVerdict.Unknown,
    };

    /// <summary>Begins with another verdict: that of an earlier run of the agent.</summary>
    public void Resume(ProbeVerdict verdict) => Verdict = verdict;

    /// <summary>Whether a container that runs is to be probed now.</summary>
    /// <param name="startedAt">When it started.</param>
    /// <param name="isUp">Whether its startup probe succeeded, or it has none.</param>
    /// <param name="now">The time.</param>
    public bool IsDue(DateTimeOffset startedAt, bool isUp, DateTimeOffset now) =>
        !IsOnHold
        && now - startedAt >= TimeSpan.FromSeconds(probe.InitialDelaySeconds)
        && isUp == (kind != ProbeKind.Startup);

    /// <summary>Takes in what came out; true when the verdict is another than before.</summary>
    public bool Add(ProbeVerdict found)
    {
        if (found == ProbeVerdict.Unknown)
        {
            return false;
        }

        _run = found == _last ? _run + 1 : 1;
        _last = found;
        int needed = found == ProbeVerdict.Failure ? probe.FailureThreshold : probe.SuccessThreshold;
        if (_run < Math.Max(1, needed))
        {
            return false;
        }

        if (found == ProbeVerdict.Failure && kind != ProbeKind.Readiness)
        {
            IsOnHold = true;
            _run = 0;
        }

        bool isNew = Verdict != found;
        Verdict = found;
        return isNew;
    }
}
