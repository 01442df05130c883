using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Probes;
using Keelson.Nodes.Server.Access;
using Keelson.Nodes.Stats;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests;

/// <summary>Somebody sets the machine's clock, an hour on or an hour back.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_back_off_lasts_as_long_as_it_was_meant_to(int hours)
    {
        SteadyTime time = new(_clock);
        StartBackoff backoff = new();
        DateTimeOffset ended = time.Of(_clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        backoff.Next("c", ended, time.Now);
        _clock.Step(hours * Hour);
        Assert.Equal(TimeSpan.FromSeconds(9), backoff.Remaining("c", ended, time.Now));
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(backoff.Remaining("c", ended, time.Now));
    }

    [Fact]
    public void What_ended_before_the_clock_was_set_back_ended_now_at_the_latest()
    {
        SteadyTime time = new(_clock);
        DateTimeOffset ended = _clock.GetUtcNow();
        _clock.Step(-Hour);
        Assert.Equal(time.Now, time.Of(ended));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void An_answer_of_the_api_is_kept_for_its_time(int hours)
    {
        ReviewCache<bool> cache = new(_clock);
        cache.Keep("may they", true, TimeSpan.FromMinutes(2));
        _clock.Step(hours * Hour);
        Assert.True(cache.TryGet("may they", out _));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(cache.TryGet("may they", out _));
    }

    [Fact]
    public void Use_of_processors_is_worked_out_again_after_the_clock_was_set_back()
    {
        UsageRates rates = new();
        Sample(0);
        Sample(2_000_000_000);
        _clock.Step(-Hour);
        Assert.Equal(1_000_000_000UL, Sample(3_000_000_000));
        Assert.Equal(500_000_000UL, Sample(4_000_000_000));

        ulong? Sample(ulong sum)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            return rates.Of("c", _clock.GetUtcNow(), sum).NanoCores;
        }
    }

    [Fact]
    public async Task Probes_go_on_after_the_clock_was_set_back()
    {
        using TestNode node = new();
        TaskCompletionSource<ProbeVerdict?> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using EventRecorder events = new(node.Api, "kubelet", TestNode.Name, TimeProvider.System);
        SteppedClock clock = new();
        PodProbes? probes = null;
        probes = new(
            new(runtime: null!, TimeProvider.System), events, node.Context with { Clock = clock },
            () => found.TrySetResult(probes!.Results.Of("id", ProbeKind.Readiness)));
        Probe probe = new()
        {
            PeriodSeconds = 1,
            InitialDelaySeconds = 1,
            SuccessThreshold = 1,
            ProbeHandler = new() { HttpGet = null },
        };
        Pod pod = TestNode.PodWith();
        Container main = pod.Spec.Containers[0] with { ReadinessProbe = probe };
        pod = pod with { Spec = pod.Spec with { Containers = [main] } };
        ContainerPicture running = new()
        {
            Id = "id", Name = "main", Phase = ContainerPhase.Running, StartedAt = clock.GetUtcNow(),
        };
        probes.Follow(pod, new([], [running]), new HashSet<string>());
        clock.Step(-Hour);
        Assert.Equal(ProbeVerdict.Success, await found.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        await probes.DisposeAsync();
    }

    /// <summary>The machine's time, set by hand.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _off;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _off));

        public void Step(TimeSpan by) => Interlocked.Add(ref _off, by.Ticks);
    }
}
