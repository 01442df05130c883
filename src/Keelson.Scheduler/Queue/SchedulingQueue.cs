using System.Diagnostics.CodeAnalysis;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Queue;

/// <summary>
/// The pods that wait for a node. Ready ones by priority; those that failed a moment ago, by when they may be tried
/// again; those that fit nowhere, until something happens that their plugins think may help; those that are kept out.
/// Only the scheduling loop touches it.
/// </summary>
internal sealed class SchedulingQueue
{
    private static readonly TimeSpan BackoffWindow = TimeSpan.FromSeconds(1);

    private readonly QueueRules _rules;
    private readonly RequeueHints _hints;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, QueuedPod> _pods = new(StringComparer.Ordinal);
    private readonly PodHeap _active;
    private readonly PodHeap _backoff;
    private readonly PodHeap _errorBackoff;
    private readonly Dictionary<string, QueuedPod> _unschedulable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<QueuedPod>> _byPlugin = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<QueuedPod>> _gatedBy = new(StringComparer.Ordinal);
    private long _sequence;
    private int _gated;

    /// <summary>An empty queue.</summary>
    public SchedulingQueue(QueueRules rules, TimeProvider clock)
    {
        _rules = rules;
        _hints = new(rules);
        _clock = clock;
        _active = new(CompareActive);
        _backoff = new(CompareBackoff);
        _errorBackoff = new(CompareBackoff);
    }

    /// <summary>Pods that are ready.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>Pods that failed a moment ago.</summary>
    public int BackoffCount => _backoff.Count + _errorBackoff.Count;

    /// <summary>Pods that fit nowhere.</summary>
    public int UnschedulableCount => _unschedulable.Count - _gated;

    /// <summary>Pods that are kept out.</summary>
    public int GatedCount => _gated;

    /// <summary>All pods in the queue.</summary>
    public IEnumerable<QueuedPod> All => _pods.Values;

    /// <summary>True when a pod waits.</summary>
    public bool TryFind(string uid, [NotNullWhen(true)] out QueuedPod? pod) => _pods.TryGetValue(uid, out pod);

    /// <summary>Adds a pod that is new.</summary>
    public void Add(PodInfo pod)
    {
        if (_pods.ContainsKey(pod.Uid))
        {
            return;
        }

        QueuedPod queued = new(pod, _clock.GetUtcNow());
        _pods.Add(pod.Uid, queued);
        Activate(queued);
    }

    /// <summary>Takes over a changed pod; what changed may make it worth another try.</summary>
    /// <param name="queued">The waiting pod.</param>
    /// <param name="pod">As it is now.</param>
    /// <param name="actions">What changed about it.</param>
    public void Update(QueuedPod queued, PodInfo pod, ActionType actions)
    {
        PodInfo old = queued.Pod;
        queued.Pod = pod;
        if (_active.Contains(queued))
        {
            _active.Update(queued);
        }
        else if (queued.GatingPlugin.Length > 0)
        {
            // Whatever keeps it out is asked anew when something changed that it could have to do with.
            if (actions != ActionType.None)
            {
                Requeue(queued, immediately: queued.Attempts == 0);
            }
        }
        else if (_unschedulable.ContainsKey(pod.Uid) && actions != ActionType.None)
        {
            ClusterEvent change = new(EventResource.UnscheduledPod, actions);
            if (queued.UnschedulablePlugins.Count + queued.PendingPlugins.Count == 0
                || _hints.IsWorthRequeuing(queued, change, old, pod, out _))
            {
                Requeue(queued, immediately: false);
            }
        }
    }

    /// <summary>Drops a pod.</summary>
    public bool Remove(string uid)
    {
        if (!_pods.Remove(uid, out QueuedPod? pod))
        {
            return false;
        }

        Leave(pod);
        return true;
    }

    /// <summary>
    /// Takes the next pod to try; null when none is ready. A pod that waits after a failure is taken early when there
    /// is nothing else to do, unless it failed with an error.
    /// </summary>
    public QueuedPod? Take()
    {
        MoveDue();
        QueuedPod? pod = _active.Pop();
        while (pod is null && _backoff.First is { } early)
        {
            _backoff.Remove(early);
            if (_rules.PreEnqueue(early.Pod) is { } gate)
            {
                Gate(early, gate);
                continue;
            }

            pod = early;
        }

        if (pod is null)
        {
            return null;
        }

        _pods.Remove(pod.Pod.Uid);
        pod.Attempts++;
        pod.FirstAttempt ??= _clock.GetUtcNow();
        pod.UnschedulablePlugins.Clear();
        pod.PendingPlugins.Clear();
        return pod;
    }

    /// <summary>
    /// Puts a pod back that was tried and fits nowhere, or whose attempt ended in an error; its plugins say why.
    /// </summary>
    public void PutBack(QueuedPod pod, bool isError)
    {
        if (!_pods.TryAdd(pod.Pod.Uid, pod))
        {
            return;
        }

        pod.Timestamp = _clock.GetUtcNow();
        if (isError)
        {
            pod.ErrorCount++;
            pod.BackoffUntil = BackoffEnd(pod.Timestamp, pod.ErrorCount);
            _errorBackoff.Push(pod);
            return;
        }

        pod.ErrorCount = 0;
        pod.UnschedulableCount++;
        pod.BackoffUntil = BackoffEnd(pod.Timestamp, pod.UnschedulableCount);
        EnterUnschedulable(pod);
    }

    /// <summary>
    /// Puts a pod back whose attempt came to an end through no fault of its own; it is tried after its back-off.
    /// </summary>
    public void PutBackForRetry(QueuedPod pod)
    {
        if (_pods.TryAdd(pod.Pod.Uid, pod))
        {
            pod.Timestamp = _clock.GetUtcNow();
            pod.UnschedulableCount++;
            pod.BackoffUntil = BackoffEnd(pod.Timestamp, pod.UnschedulableCount);
            _backoff.Push(pod);
        }
    }

    /// <summary>Tries a pod again at once, if it waits.</summary>
    public void ActivateNow(string uid)
    {
        if (_pods.TryGetValue(uid, out QueuedPod? pod) && !_active.Contains(pod))
        {
            Requeue(pod, immediately: true);
        }
    }

    /// <summary>Something happened in the cluster: pods whose plugins think that it may help are tried again.</summary>
    public void Happened(ClusterEvent change, object? old, object? now)
    {
        if (_unschedulable.Count == 0)
        {
            return;
        }

        HashSet<QueuedPod>? worth = null;
        HashSet<QueuedPod>? atOnce = null;
        foreach ((string plugin, HashSet<QueuedPod> pods) in _byPlugin)
        {
            if (!_hints.Concerns(change, plugin, pods))
            {
                continue;
            }

            foreach (QueuedPod pod in pods)
            {
                if (worth?.Contains(pod) != true
                    && _hints.IsWorthRequeuing(pod, change, old, now, out bool immediately))
                {
                    (worth ??= []).Add(pod);
                    if (immediately)
                    {
                        (atOnce ??= []).Add(pod);
                    }
                }
            }
        }

        foreach ((string plugin, HashSet<QueuedPod> pods) in _gatedBy)
        {
            if (!_hints.Concerns(change, plugin, pods))
            {
                continue;
            }

            foreach (QueuedPod pod in pods)
            {
                if (_hints.IsWorthRequeuing(pod, plugin, change, old, now))
                {
                    (worth ??= []).Add(pod);
                }
            }
        }

        foreach (QueuedPod pod in worth ?? [])
        {
            Requeue(pod, immediately: atOnce?.Contains(pod) == true);
        }
    }

    /// <summary>Tries pods again that have waited for too long.</summary>
    public void FlushStale()
    {
        DateTimeOffset before = _clock.GetUtcNow() - _rules.MaxUnschedulable;
        foreach (QueuedPod pod in _unschedulable.Values.Where(
            one => one.GatingPlugin.Length == 0 && one.Timestamp < before).ToList())
        {
            Requeue(pod, immediately: false);
        }
    }

    /// <summary>
    /// Tries all pods again: at the start, or when the profiles' picture of the cluster may have been wrong.
    /// </summary>
    public void FlushWithoutReasons()
    {
        foreach (QueuedPod pod in _unschedulable.Values.Where(static one => one.GatingPlugin.Length == 0
            && one.UnschedulablePlugins.Count + one.PendingPlugins.Count == 0).ToList())
        {
            Requeue(pod, immediately: false);
        }
    }

    /// <summary>How long until a pod becomes ready by itself; null when none does.</summary>
    public TimeSpan? UntilNext()
    {
        DateTimeOffset? next = _errorBackoff.First?.BackoffUntil;
        if (_backoff.First is { } pod && (next is null || pod.BackoffUntil < next))
        {
            next = pod.BackoffUntil;
        }

        TimeSpan? wait = next - _clock.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private void MoveDue()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        foreach (PodHeap heap in (ReadOnlySpan<PodHeap>)[_backoff, _errorBackoff])
        {
            while (heap.First is { } pod && pod.BackoffUntil <= now)
            {
                heap.Remove(pod);
                Activate(pod);
            }
        }
    }

    private void Requeue(QueuedPod pod, bool immediately)
    {
        Leave(pod);
        if (_rules.PreEnqueue(pod.Pod) is { } gate)
        {
            Gate(pod, gate);
        }
        else if (immediately || pod.BackoffUntil <= _clock.GetUtcNow())
        {
            Push(pod);
        }
        else
        {
            _backoff.Push(pod);
        }
    }

    private void Activate(QueuedPod pod)
    {
        if (_rules.PreEnqueue(pod.Pod) is { } gate)
        {
            Gate(pod, gate);
        }
        else
        {
            Push(pod);
        }
    }

    private void Push(QueuedPod pod)
    {
        pod.GatingPlugin = "";
        pod.Sequence = ++_sequence;
        _active.Push(pod);
    }

    private void Gate(QueuedPod pod, PluginStatus gate)
    {
        pod.GatingPlugin = gate.Plugin;
        _unschedulable[pod.Pod.Uid] = pod;
        _gated++;
        SetOf(_gatedBy, gate.Plugin).Add(pod);
    }

    private void EnterUnschedulable(QueuedPod pod)
    {
        _unschedulable.Add(pod.Pod.Uid, pod);
        foreach (string plugin in pod.UnschedulablePlugins)
        {
            SetOf(_byPlugin, plugin).Add(pod);
        }

        foreach (string plugin in pod.PendingPlugins)
        {
            SetOf(_byPlugin, plugin).Add(pod);
        }
    }

    private void Leave(QueuedPod pod)
    {
        if (_active.Contains(pod))
        {
            _active.Remove(pod);
        }
        else if (_backoff.Contains(pod))
        {
            _backoff.Remove(pod);
        }
        else if (_errorBackoff.Contains(pod))
        {
            _errorBackoff.Remove(pod);
        }
        else if (_unschedulable.Remove(pod.Pod.Uid))
        {
            if (pod.GatingPlugin.Length > 0)
            {
                _gated--;
                _gatedBy[pod.GatingPlugin].Remove(pod);
                pod.GatingPlugin = "";
            }

            foreach (string plugin in pod.UnschedulablePlugins.Concat(pod.PendingPlugins))
            {
                _byPlugin.GetValueOrDefault(plugin)?.Remove(pod);
            }
        }
    }

    private DateTimeOffset BackoffEnd(DateTimeOffset from, int failures)
    {
        double seconds = _rules.InitialBackoff.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30));
        return from + TimeSpan.FromSeconds(Math.Min(seconds, _rules.MaxBackoff.TotalSeconds));
    }

    private int CompareActive(QueuedPod left, QueuedPod right)
    {
        int order = _rules.Compare(left, right);
        return order != 0 ? order : left.Sequence.CompareTo(right.Sequence);
    }

    /// <summary>Those that become ready within the same second go by priority.</summary>
    private int CompareBackoff(QueuedPod left, QueuedPod right)
    {
        long leftWindow = left.BackoffUntil.UtcTicks / BackoffWindow.Ticks;
        long rightWindow = right.BackoffUntil.UtcTicks / BackoffWindow.Ticks;
        return leftWindow != rightWindow ? leftWindow.CompareTo(rightWindow) : CompareActive(left, right);
    }

    private static HashSet<QueuedPod> SetOf(Dictionary<string, HashSet<QueuedPod>> sets, string plugin)
    {
        if (!sets.TryGetValue(plugin, out HashSet<QueuedPod>? set))
        {
            sets.Add(plugin, set = []);
        }

        return set;
    }
}
