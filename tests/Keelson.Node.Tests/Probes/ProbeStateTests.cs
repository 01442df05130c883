using Keelson.Api.Core.V1;
using Keelson.Nodes.Probes;

namespace Keelson.Nodes.Tests.Probes;

/// <summary>How findings of probes become verdicts.</summary>
public sealed class ProbeStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Verdicts_change_at_their_thresholds()
    {
        ProbeState state = new(ProbeKind.Readiness, new Probe { FailureThreshold = 3, SuccessThreshold = 2 });
        Assert.Equal(ProbeVerdict.Failure, state.Verdict);
        Assert.False(state.Add(ProbeVerdict.Success));
        Assert.True(state.Add(ProbeVerdict.Success));
        Assert.False(state.Add(ProbeVerdict.Failure));
        Assert.False(state.Add(ProbeVerdict.Failure));
        Assert.False(state.Add(ProbeVerdict.Success));
        Assert.False(state.Add(ProbeVerdict.Failure));
        Assert.False(state.Add(ProbeVerdict.Failure));
        Assert.True(state.Add(ProbeVerdict.Failure));
        Assert.False(state.IsOnHold);
    }

    [Fact]
    public void A_failed_container_is_left_alone_until_it_is_replaced()
    {
        ProbeState state = new(ProbeKind.Liveness, new Probe { FailureThreshold = 1 });
        Assert.True(state.IsDue(Start, true, Start));
        Assert.True(state.Add(ProbeVerdict.Failure));
        Assert.False(state.IsDue(Start, true, Start));
    }

    [Fact]
    public void Probes_wait_for_their_delay_and_for_the_startup_probe()
    {
        Probe probe = new() { InitialDelaySeconds = 5 };
        ProbeState liveness = new(ProbeKind.Liveness, probe);
        Assert.False(liveness.IsDue(Start, true, Start.AddSeconds(4)));
        Assert.True(liveness.IsDue(Start, true, Start.AddSeconds(5)));
        Assert.False(liveness.IsDue(Start, false, Start.AddSeconds(5)));
        ProbeState startup = new(ProbeKind.Startup, probe);
        Assert.True(startup.IsDue(Start, false, Start.AddSeconds(5)));
        Assert.False(startup.IsDue(Start, true, Start.AddSeconds(5)));
    }

    [Fact]
    public void A_probe_that_did_not_work_changes_nothing()
    {
        ProbeState state = new(ProbeKind.Liveness, new Probe { FailureThreshold = 1 });
        Assert.False(state.Add(ProbeVerdict.Unknown));
        Assert.Equal(ProbeVerdict.Success, state.Verdict);
    }
}
