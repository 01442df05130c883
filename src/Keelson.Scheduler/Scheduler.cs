using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Cycle;
using Keelson.Scheduler.Events;
using Keelson.Scheduler.Extenders;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Metrics;
using Keelson.Scheduler.Plugins.DynamicResources;
using Keelson.Scheduler.Queue;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler;

/// <summary>
/// kube-scheduler: places pods on nodes until it is disposed. One loop holds all state and decides about one pod after
/// the other; everything that waits for the API goes on beside it.
/// </summary>
public sealed class Scheduler : IAsyncDisposable
{
    private const int PodsBetweenYields = 64;
    private static readonly TimeSpan FlushPeriod = TimeSpan.FromSeconds(30);

    private readonly SchedulingParts _parts;
    private readonly SchedulingEvents _events;
    private readonly BindingCycle _binding;
    private readonly SchedulingCycle _cycle;
    private readonly FailureReport _failures;
    private readonly Task _synced;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private Scheduler(SchedulingParts parts, SchedulingEvents events, Task synced)
    {
        _parts = parts;
        _events = events;
        _synced = synced;
        _failures = new(parts);
        _binding = new(parts, _failures);
        _cycle = new(parts, _binding, _failures);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Starts scheduling.</summary>
    /// <param name="client">The identity to act as.</param>
    /// <param name="informers">The objects as this process knows them.</param>
    /// <param name="config">The settings.</param>
    public static Scheduler Start(IApiClient client, IInformers informers, SchedulerConfig config)
    {
        KubeSchedulerConfiguration settings = config.Configuration;
        LoopInbox inbox = new();
        NodeSnapshot snapshot = new();
        Nominations nominations = new(snapshot);
        WaitingPods waiting = new(config.Clock);
        SchedulingEvents events = new(client, config.HostName, config.Clock);
        Extender[] extenders =
            [.. settings.Extenders.Select(one => new Extender(one, ExtenderConnection.HandlerFor(one), config.Log))];
        Dictionary<string, Profile> profiles = new(StringComparer.Ordinal);
        ClaimLedger devices = new(informers);
        SchedulingQueue? queue = null;
        foreach (SchedulerProfile profile in settings.Profiles)
        {
            profiles.Add(profile.SchedulerName, ProfileFactory.Create(profile, new PluginContext
            {
                Client = client,
                Informers = informers,
                Snapshot = snapshot,
                Clock = config.Clock,
                Random = config.Random,
                Log = config.Log,
                Post = inbox.Post,
                Activate = uid => inbox.Post(() => queue!.ActivateNow(uid)),
                Nominations = nominations,
                Events = events.For(profile.SchedulerName),
                Extenders = extenders,
                Devices = devices,
                RejectWaiting = waiting.Reject,
            }));
        }

        queue = new(RulesOf(settings, profiles), config.Clock);
        SchedulingParts parts = new()
        {
            State = new(snapshot, queue, nominations, profiles.ContainsKey),
            Inbox = inbox,
            Profiles = profiles,
            Events = profiles.Keys.ToDictionary(static name => name, events.For, StringComparer.Ordinal),
            Extenders = extenders,
            Finder = new(snapshot, new(snapshot, nominations), settings.PercentageOfNodesToScore, settings.Parallelism),
            Ranking = new(config.Random),
            WaitingPods = waiting,
            Statuses = new(client, config.Clock, config.Log),
            Pods = informers.Of<Pod>(),
            Metrics = new(),
            Clock = config.Clock,
            Log = config.Log,
        };
        parts.Metrics.Watch(queue);
        parts.State.AssumedGone = pod => waiting.Reject(pod.Uid, "", "the pod is gone");
        return new(parts, events, ObjectFollowing.Start(informers, inbox, profiles.Values));
    }

    /// <summary>Lets the pod that is being decided about finish, ends bindings, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _binding.StopAsync();
        await _parts.Statuses.DisposeAsync();
        await _events.DisposeAsync();
        foreach (Extender extender in _parts.Extenders)
        {
            extender.Dispose();
        }

        _parts.Metrics.Dispose();
        _stop.Dispose();
    }

    private static QueueRules RulesOf(KubeSchedulerConfiguration settings, Dictionary<string, Profile> profiles)
    {
        IQueueSortPlugin order = profiles.Values.First().Plugins.QueueSort;
        return new()
        {
            Compare = order.Compare,
            PreEnqueue = pod =>
                profiles.TryGetValue(pod.Pod.Spec.SchedulerName, out Profile? profile) ? profile.PreEnqueue(pod) : null,
            HintsOf = (pod, plugin) =>
                profiles.TryGetValue(pod.Pod.Spec.SchedulerName, out Profile? profile) ? profile.HintsOf(plugin) : [],
            InitialBackoff = settings.PodInitialBackoff,
            MaxBackoff = settings.PodMaxBackoff,
        };
    }

    private async Task RunAsync()
    {
        try
        {
            await _synced.WaitAsync(_stop.Token);
            long flushed = _parts.Clock.GetTimestamp();
            int sinceYield = 0;
            while (!_stop.IsCancellationRequested)
            {
                while (_parts.Inbox.TryTake(out LoopMessage message))
                {
                    Take(message);
                }

                if (_parts.Clock.GetElapsedTime(flushed) >= FlushPeriod)
                {
                    flushed = _parts.Clock.GetTimestamp();
                    _parts.State.Queue.FlushStale();
                }

                if (!_binding.IsBusy && _parts.State.Queue.Take() is { } pod)
                {
                    Attempt(pod);
                    if (++sinceYield % PodsBetweenYields == 0)
                    {
                        await Task.Yield();
                    }
                }
                else
                {
                    await _parts.Inbox.WaitAsync(UntilNext(), _parts.Clock, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private TimeSpan UntilNext()
    {
        TimeSpan wait = _parts.State.Queue.UntilNext() is { } next && next < FlushPeriod ? next : FlushPeriod;
        return wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait;
    }

    private void Take(in LoopMessage message)
    {
        try
        {
            if (message.Run is { } run)
            {
                run();
            }
            else
            {
                _parts.State.Apply(message);
            }
        }
#pragma warning disable CA1031 // A plugin's bug about one object must not keep all pods waiting.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _parts.Log($"scheduling: {error}");
        }
    }

    private void Attempt(QueuedPod pod)
    {
        try
        {
            _cycle.Run(pod);
        }
#pragma warning disable CA1031 // A plugin's bug concerns one pod; the others must still be placed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _parts.Log($"scheduling pod {pod.Pod.Key}: {error}");
            if (_parts.Profiles.TryGetValue(pod.Pod.Pod.Spec.SchedulerName, out Profile? profile))
            {
                _failures.Failed(pod, profile, AttemptOutcome.Failed(PluginStatus.Error("", error.Message)));
            }
        }
    }
}
