using System.Collections.Concurrent;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>Pods that permit plugins hold back before they are bound.</summary>
internal sealed class WaitingPods(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, WaitingPod> _pods = new(StringComparer.Ordinal);

    /// <summary>The pods.</summary>
    public IEnumerable<WaitingPod> All => _pods.Values;

    /// <summary>Holds a pod back for plugins, each with the longest time it may take.</summary>
    public WaitingPod Add(PodInfo pod, IReadOnlyList<(string Plugin, TimeSpan Timeout)> plugins)
    {
        WaitingPod waiting = new(pod, plugins, clock);
        _pods[pod.Uid] = waiting;
        return waiting;
    }

    /// <summary>A pod that waits; null when it does not.</summary>
    public WaitingPod? Find(string uid) => _pods.GetValueOrDefault(uid);

    /// <summary>Rejects a pod if it waits.</summary>
    public bool Reject(string uid, string plugin, string message)
    {
        if (Find(uid) is not { } waiting)
        {
            return false;
        }

        waiting.Reject(plugin, message);
        return true;
    }

    /// <summary>Waits for the decision; null when all plugins let the pod go on.</summary>
    public async ValueTask<PluginStatus?> DecisionAsync(WaitingPod pod, CancellationToken cancellationToken)
    {
        try
        {
            return await pod.Decision.WaitAsync(cancellationToken);
        }
        finally
        {
            _pods.TryRemove(pod.Pod.Uid, out _);
            pod.Dispose();
        }
    }
}

/// <summary>A pod that is held back.</summary>
internal sealed class WaitingPod : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ITimer> _pending = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<PluginStatus?> _decision =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WaitingPod(PodInfo pod, IReadOnlyList<(string Plugin, TimeSpan Timeout)> plugins, TimeProvider clock)
    {
        Pod = pod;
        foreach ((string plugin, TimeSpan timeout) in plugins)
        {
            string message = $"rejected due to timeout after waiting {timeout.TotalSeconds}s at plugin {plugin}";
            _pending[plugin] = clock.CreateTimer(_ => Reject(plugin, message), null, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The pod.</summary>
    public PodInfo Pod { get; }

    /// <summary>Null when all plugins let it go on.</summary>
    public Task<PluginStatus?> Decision => _decision.Task;

    /// <summary>A plugin lets it go on.</summary>
    public void Allow(string plugin)
    {
        lock (_gate)
        {
            if (_pending.Remove(plugin, out ITimer? timer))
            {
                timer.Dispose();
            }

            if (_pending.Count == 0)
            {
                _decision.TrySetResult(null);
            }
        }
    }

    /// <summary>A plugin turns it away.</summary>
    public void Reject(string plugin, string message) =>
        _decision.TrySetResult(new(StatusCode.Unschedulable, plugin, message));

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (ITimer timer in _pending.Values)
            {
                timer.Dispose();
            }

            _pending.Clear();
        }
    }
}
