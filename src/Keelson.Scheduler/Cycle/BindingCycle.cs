using Keelson.Scheduler.Extenders;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Metrics;

namespace Keelson.Scheduler.Cycle;

/// <summary>
/// Brings placed pods to their nodes, beside the scheduling loop: waits for permission, prepares, binds. The loop hears
/// how it ended, and takes everything back when it failed.
/// </summary>
internal sealed class BindingCycle(SchedulingParts parts, FailureReport failures)
{
    /// <summary>Pods that are being bound at a time.</summary>
    private const int MostBinding = 64;

    /// <summary>Pods that wait to be bound before the loop pauses.</summary>
    private const int MostWaiting = 512;

    private readonly SemaphoreSlim _slots = new(MostBinding);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _backlog;

    // One for the scheduler itself, until it stops.
    private int _running = 1;

    /// <summary>True when so many pods wait to be bound that no more should be placed.</summary>
    public bool IsBusy => Volatile.Read(ref _backlog) >= MostWaiting;

    /// <summary>Starts binding. On the scheduling loop.</summary>
    public void Start(Placement placement, WaitingPod? waiting)
    {
        Interlocked.Increment(ref _running);
        _ = Task.Run(() => RunAsync(placement, waiting));
    }

    /// <summary>Ends what is going on and waits for it.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        Ended();
        await _ended.Task;
    }

    private static bool IsPreBindSkipped(Placement placement, int at) =>
        (placement.State.SkippedPreBinds & (1UL << at)) != 0;

    private async Task RunAsync(Placement placement, WaitingPod? waiting)
    {
        try
        {
            PluginStatus? status = waiting is null ? null : await parts.WaitingPods.DecisionAsync(waiting, _stop.Token);
            status ??= await PreBindAsync(placement);
            status ??= await BindAsync(placement);
            if (status is null)
            {
                Bound(placement);
            }
            else
            {
                parts.Inbox.Post(() => TakeBack(placement, status));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end; the next scheduler finds the pod unbound.
        }
        finally
        {
            Ended();
        }
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _ended.TrySetResult();
        }
    }

    private async ValueTask<PluginStatus?> PreBindAsync(Placement placement)
    {
        IPreBindPlugin[] plugins = placement.Profile.Plugins.PreBind;
        for (int i = 0; i < plugins.Length; i++)
        {
            if (IsPreBindSkipped(placement, i))
            {
                continue;
            }

            PluginStatus? status = await plugins[i]
                .PreBindAsync(placement.State, placement.Pod, placement.NodeName, _stop.Token);
            if (status is { IsRejected: true })
            {
                return status;
            }

            if (status is not null)
            {
                return PluginStatus.Error(
                    plugins[i].Name, $"running PreBind plugin \"{plugins[i].Name}\": {status.Message}");
            }
        }

        return null;
    }

    private async ValueTask<PluginStatus?> BindAsync(Placement placement)
    {
        Interlocked.Increment(ref _backlog);
        await _slots.WaitAsync(_stop.Token);
        try
        {
            foreach (Extender extender in parts.Extenders)
            {
                if (extender.IsBinder && extender.IsInterested(placement.Pod))
                {
                    return await extender.BindAsync(placement.Pod, placement.NodeName, _stop.Token);
                }
            }

            foreach (IBindPlugin plugin in placement.Profile.Plugins.Bind)
            {
                PluginStatus? status =
                    await plugin.BindAsync(placement.State, placement.Pod, placement.NodeName, _stop.Token);
                if (status is { Code: StatusCode.Skip })
                {
                    continue;
                }

                return status is null || status.IsRejected
                    ? status
                    : PluginStatus.Error(plugin.Name, $"running Bind plugin \"{plugin.Name}\": {status.Message}");
            }

            return PluginStatus.Error("", "binding rejected: plugin status code: 5");
        }
        finally
        {
            _slots.Release();
            if (Interlocked.Decrement(ref _backlog) == MostWaiting - 1)
            {
                parts.Inbox.Post(static () => { });
            }
        }
    }

    private void Bound(Placement placement)
    {
        foreach (IPostBindPlugin plugin in placement.Profile.Plugins.PostBind)
        {
            plugin.PostBind(placement.State, placement.Pod, placement.NodeName);
        }

        parts.Metrics.Bound(placement, parts.Clock);
        parts.Events[placement.Profile.Name].Record(
            placement.Pod.Pod, null, "Normal", "Scheduled", "Binding",
            $"Successfully assigned {placement.Pod.Key} to {placement.NodeName}");
    }

    private void TakeBack(Placement placement, PluginStatus status)
    {
        placement.Profile.Unreserve(placement.State, placement.Pod, placement.NodeName);
        parts.State.Forget(placement.Pod);
        AttemptOutcome outcome = status.IsRejected
            ? AttemptOutcome.Unschedulable(
                $"0/1 nodes are available: 1 {status.Message}.", [status.Plugin], new Nomination(""))
            : AttemptOutcome.Failed(status);
        failures.Failed(placement.Queued, placement.Profile, outcome);
        parts.Metrics.Attempted(
            placement.Profile.Name, status.IsRejected ? AttemptResult.Unschedulable : AttemptResult.Error,
            parts.Clock.GetElapsedTime(placement.Started));
    }
}
