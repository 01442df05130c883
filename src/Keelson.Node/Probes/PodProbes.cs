using System.Collections.Concurrent;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Probes;

/// <summary>
/// Probes the containers of one pod. The pod's worker says what runs; what probes find is in <see cref="Results"/>, and
/// the worker is woken when a verdict changes.
/// </summary>
internal sealed class PodProbes(ProbeRunner runner, EventRecorder events, NodeContext context, Action changed)
    : IAsyncDisposable
{
    private readonly TimeProvider _clock = context.Clock;
    private readonly SteadyTime _time = new(context.Clock);
    private readonly ConcurrentDictionary<(string Id, ProbeKind Kind), Prober> _probers = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The verdicts.</summary>
    public ProbeResults Results { get; } = new();

    /// <summary>Probes the containers that run, and no others.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="picture">What runs of it.</param>
    /// <param name="wereReady">Containers that were ready when the agent was started.</param>
    /// <param name="isEnding">Whether the pod is to end.</param>
    public void Follow(Pod pod, PodPicture picture, IReadOnlySet<string> wereReady, bool isEnding = false)
    {
        HashSet<(string, ProbeKind)> wanted = [];
        string address = picture.Addresses.Count > 0 ? picture.Addresses[0] : pod.Status.HostIP;
        isEnding |= pod.Metadata.DeletionTimestamp is not null;
        foreach (ContainerSpec one in ContainerSpec.AllOf(pod.Spec))
        {
            if (picture.Latest(one.Name) is not { Phase: ContainerPhase.Running } running)
            {
                continue;
            }

            foreach ((ProbeKind kind, Probe? probe) in Of(one.Container))
            {
                // A container that is asked to end is not restarted because it no longer answers.
                if (probe is not null && (kind == ProbeKind.Readiness || !isEnding))
                {
                    wanted.Add((running.Id, kind));
                    Start(pod, one, running, (kind, probe), address, wereReady.Contains(running.Id));
                }
            }
        }

        foreach ((string Id, ProbeKind Kind) key in _probers.Keys)
        {
            if (!wanted.Contains(key) && _probers.TryRemove(key, out Prober? prober))
            {
                prober.Stop.Cancel();
                Results.Remove(key.Id, key.Kind);
                context.Metrics.Probes.Forget(prober.About);
                if (isEnding && prober.Kind == ProbeKind.Startup
                    && picture.Latest(prober.Spec.Name) is { Phase: ContainerPhase.Running } still
                    && still.Id == key.Id)
                {
                    // Nobody waits for its start any more; whether it is ready is still of interest.
                    Results.Set(key.Id, key.Kind, ProbeVerdict.Success);
                }
            }
        }

        AskAgain();
    }

    /// <summary>Containers that are not ready yet are asked whenever there is news of the pod, not only when their
    /// time has come.</summary>
    private void AskAgain()
    {
        foreach (((string id, ProbeKind kind), Prober prober) in _probers)
        {
            if (kind == ProbeKind.Readiness && Results.Of(id, kind) != ProbeVerdict.Success && IsUp(prober))
            {
                prober.Asked.Writer.TryWrite(true);
            }
        }
    }

    private bool IsUp(Prober prober) => prober.Spec.Container.StartupProbe is null
        || Results.Of(prober.Container.Id, ProbeKind.Startup) == ProbeVerdict.Success;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await Task.WhenAll(_probers.Values.Select(static one => one.Running));
        foreach (Prober one in _probers.Values)
        {
            context.Metrics.Probes.Forget(one.About);
        }

        _stop.Dispose();
    }

    private static (ProbeKind Kind, Probe? Probe)[] Of(Container container) =>
    [
        (ProbeKind.Startup, container.StartupProbe),
        (ProbeKind.Liveness, container.LivenessProbe),
        (ProbeKind.Readiness, container.ReadinessProbe),
    ];

    private void Start(
        Pod pod, ContainerSpec one, ContainerPicture running, (ProbeKind Kind, Probe Probe) what, string address,
            bool wasReady)
    {
        if (_probers.ContainsKey((running.Id, what.Kind)))
        {
            return;
        }

        ProbeState state = new(what.Kind, what.Probe);
        if (wasReady && what.Kind != ProbeKind.Liveness)
        {
            state.Resume(ProbeVerdict.Success);
        }

        Results.Set(running.Id, what.Kind, state.Verdict);
        CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Prober prober = new(pod, one, running, what.Kind, what.Probe, address, state, stop)
        {
            Since = _time.Of(running.StartedAt),
        };
        _probers[(running.Id, what.Kind)] = prober;
        prober.Running = Task.Run(() => RunAsync(prober));
    }

    private async Task RunAsync(Prober prober)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(Math.Max(1, prober.Probe.PeriodSeconds)), _clock);
        try
        {
            // The first one is as soon as it may be, not a period later.
            TimeSpan delay = prober.Since + TimeSpan.FromSeconds(prober.Probe.InitialDelaySeconds) - _time.Now;
            if (delay > TimeSpan.Zero && delay < timer.Period)
            {
                await Task.Delay(delay, _clock, prober.Stop.Token);
            }

            CancellationToken token = prober.Stop.Token;
            Task<bool> tick = timer.WaitForNextTickAsync(token).AsTask();
            Task<bool> asked = prober.Asked.Reader.WaitToReadAsync(token).AsTask();
            while (true)
            {
                prober.Asked.Reader.TryRead(out _);
                await ProbeAsync(prober);
                if (await await Task.WhenAny(tick, asked) && tick.IsCompleted)
                {
                    tick = timer.WaitForNextTickAsync(token).AsTask();
                }

                if (asked.IsCompleted)
                {
                    asked = prober.Asked.Reader.WaitToReadAsync(token).AsTask();
                }
            }
        }
        catch (OperationCanceledException) when (prober.Stop.IsCancellationRequested)
        {
            // No longer wanted.
        }
    }

    private async Task ProbeAsync(Prober prober)
    {
        string id = prober.Container.Id;
        if (!prober.State.IsDue(prober.Since, IsUp(prober), _time.Now))
        {
            return;
        }

        long begun = _clock.GetTimestamp();
        ProbeAnswer answer = await runner.RunAsync(
            prober.Probe, prober.Spec.Container, id, prober.Address, prober.Stop.Token);
        string result = answer.Verdict switch
        {
            ProbeVerdict.Success => "successful",
            ProbeVerdict.Failure => "failed",
            _ => "unknown",
        };
        context.Metrics.Probes.Probed(prober.About, result, _clock.GetElapsedTime(begun));
        Tell(prober, answer);
        if (prober.State.Add(answer.Verdict) | Results.Of(id, prober.Kind) != prober.State.Verdict)
        {
            Results.Set(id, prober.Kind, prober.State.Verdict);
            changed();
        }
    }

    private void Tell(Prober prober, ProbeAnswer answer)
    {
        ObjectReference about = PodNames.ReferenceTo(prober.Pod, prober.Spec);
        if (answer.Verdict == ProbeVerdict.Failure)
        {
            events.Record(about, "Warning", "Unhealthy", $"{prober.Kind} probe failed: {answer.Output}");
        }
        else if (answer.Verdict == ProbeVerdict.Unknown)
        {
            events.Record(
                about, "Warning", "Unhealthy",
                    $"{prober.Kind} probe errored and resulted in {answer.State} state: {answer.Output}");
        }
        else if (answer.Warning.Length > 0)
        {
            events.Record(about, "Warning", "ProbeWarning", $"{prober.Kind} probe warning: {answer.Warning}");
        }
    }

    private sealed record Prober(
        Pod Pod,
        ContainerSpec Spec,
        ContainerPicture Container,
        ProbeKind Kind,
        Probe Probe,
        string Address,
        ProbeState State,
        CancellationTokenSource Stop)
    {
        /// <summary>When the container started, by a clock that nobody sets.</summary>
        public required DateTimeOffset Since { get; init; }

        public Task Running { get; set; } = Task.CompletedTask;

        /// <summary>Has something in it when it is to be probed at once.</summary>
        public Channel<bool> Asked { get; } = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        /// <summary>What metrics call it.</summary>
        public ProbedContainer About => new(
            Spec.Name, Pod.Metadata.Namespace, Pod.Metadata.Name, Pod.Metadata.Uid, Kind.ToString());
    }
}
