using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.StatefulSets;

/// <summary>What the stateful set controller sees of one set.</summary>
/// <param name="Set">The set.</param>
/// <param name="Pods">The pods that it controls.</param>
/// <param name="Current">The revision that the rollout comes from.</param>
/// <param name="Update">The revision that it goes to.</param>
internal sealed record StatefulSetSnapshot(
    StatefulSet Set, IReadOnlyList<Pod> Pods, ControllerRevision Current, ControllerRevision Update);

/// <summary>Why a pod is deleted.</summary>
internal enum StatefulDeletion
{
    /// <summary>Its ordinal is beyond the set's size.</summary>
    ScaleDown,

    /// <summary>It is of an older revision.</summary>
    Update,

    /// <summary>It failed, and comes again.</summary>
    Failed,

    /// <summary>It ended, and comes again.</summary>
    Ended,
}

/// <summary>What to do about a stateful set now; what has to wait for something comes with the next look.</summary>
internal sealed record StatefulSetPlan
{
    /// <summary>Ordinals of pods to create, and whether each is of the update revision.</summary>
    public IReadOnlyList<(int Ordinal, bool IsUpdate)> Create { get; init; } = [];

    /// <summary>Pods to delete.</summary>
    public IReadOnlyList<(Pod Pod, StatefulDeletion Why)> Delete { get; init; } = [];

    /// <summary>Pods whose labels or claims have to be brought in order, as far as the set has come.</summary>
    public IReadOnlyList<Pod> Keep { get; init; } = [];

    /// <summary>The status to report.</summary>
    public required StatefulSetStatus Status { get; init; }

    /// <summary>When a ready pod becomes available by standing still; null for never.</summary>
    public TimeSpan? CheckAfter { get; init; }

    /// <summary>Decides.</summary>
    public static StatefulSetPlan Compute(StatefulSetSnapshot snapshot, Time now) =>
        new StatefulSetStep(snapshot, now).Run();
}

/// <summary>One look at a stateful set. Rules and their order are upstream's (stateful_set_control.go).</summary>
internal sealed class StatefulSetStep
{
    private readonly StatefulSetSnapshot _snapshot;
    private readonly StatefulSet _set;
    private readonly Time _now;
    private readonly int _first;
    private readonly Pod?[] _replicas;
    private readonly List<Pod> _condemned;
    private readonly List<(int, bool)> _create = [];
    private readonly List<(Pod, StatefulDeletion)> _delete = [];
    private readonly List<Pod> _keep = [];
    private readonly bool _isOrdered;

    public StatefulSetStep(StatefulSetSnapshot snapshot, Time now)
    {
        _snapshot = snapshot;
        _set = snapshot.Set;
        _now = now;
        _first = _set.Spec.Ordinals?.Start ?? 0;
        _isOrdered = _set.Spec.PodManagementPolicy != "Parallel";
        _replicas = new Pod?[_set.Spec.Replicas ?? 1];
        List<(int Ordinal, Pod Pod)> beyond = [];
        foreach (Pod pod in snapshot.Pods)
        {
            int ordinal = StatefulPods.OrdinalOf(_set, pod);
            if (ordinal >= _first && ordinal < _first + _replicas.Length)
            {
                _replicas[ordinal - _first] = pod;
            }
            else if (ordinal >= 0)
            {
                beyond.Add((ordinal, pod));
            }
        }

        _condemned = [.. beyond.OrderByDescending(static one => one.Ordinal).Select(static one => one.Pod)];
    }

    private int MinReadySeconds => _set.Spec.MinReadySeconds;

    private int Partition => _set.Spec.UpdateStrategy.RollingUpdate?.Partition ?? 0;

    private bool IsRolling => _set.Spec.UpdateStrategy.Type == StatefulSetUpdateStrategyType.RollingUpdate;

    /// <summary>Decides.</summary>
    public StatefulSetPlan Run()
    {
        if (_set.Metadata.DeletionTimestamp is null && Fill() && Shrink() && IsRolling)
        {
            Update();
        }

        return new StatefulSetPlan
        {
            Create = _create,
            Delete = _delete,
            Keep = _keep,
            Status = Status(),
            CheckAfter = NextAvailable(),
        };
    }

    private static bool IsTerminating(Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    private static bool IsRunningAndReady(Pod pod) => pod.Status.Phase == PodPhase.Running && PodFacts.IsReady(pod);

    private bool IsAvailable(Pod pod) =>
        pod.Status.Phase == PodPhase.Running && PodFacts.IsAvailable(pod, MinReadySeconds, _now);

    private static bool IsHealthy(Pod pod) => IsRunningAndReady(pod) && !IsTerminating(pod);

    /// <summary>Sees to the replicas in order; false when one has to be waited for.</summary>
    private bool Fill()
    {
        for (int i = 0; i < _replicas.Length; i++)
        {
            bool mayGoOn = See(i);
            if (!mayGoOn && _isOrdered)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sees to one replica; true when the next one's turn has come.</summary>
    private bool See(int index)
    {
        if (_replicas[index] is not { } pod)
        {
            int ordinal = _first + index;
            _create.Add((ordinal, !IsCurrentWanted(ordinal)));
            return false;
        }

        if (PodFacts.IsEnded(pod))
        {
            if (!IsTerminating(pod))
            {
                bool failed = pod.Status.Phase == PodPhase.Failed;
                _delete.Add((pod, failed ? StatefulDeletion.Failed : StatefulDeletion.Ended));
            }

            return false;
        }

        _keep.Add(pod);
        return !IsTerminating(pod) && IsRunningAndReady(pod) && IsAvailable(pod);
    }

    private bool IsCurrentWanted(int ordinal) =>
        IsRolling && (_set.Spec.UpdateStrategy.RollingUpdate is null
            ? ordinal < _first + _set.Status.CurrentReplicas
            : ordinal < _first + Partition);

    /// <summary>Removes pods beyond the set's size, last first; false when one has to be waited for.</summary>
    private bool Shrink()
    {
        Pod? unhealthy = _replicas.FirstOrDefault(static one => one is not null && !IsHealthy(one))
            ?? _condemned.LastOrDefault(static one => !IsHealthy(one));
        foreach (Pod pod in _condemned)
        {
            if (IsTerminating(pod))
            {
                if (_isOrdered)
                {
                    return false;
                }

                continue;
            }

            bool mustWait = !IsRunningAndReady(pod) || !IsAvailable(pod);
            if (_isOrdered && mustWait && pod != unhealthy)
            {
                return false;
            }

            _delete.Add((pod, StatefulDeletion.ScaleDown));
            if (_isOrdered)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Removes pods of older revisions, last first, as many as may be unavailable.</summary>
    private void Update()
    {
        bool isCounted = _set.Spec.UpdateStrategy.RollingUpdate?.MaxUnavailable is not null;
        int room = isCounted ? MaxUnavailable() - _replicas.Count(one => one is null || !IsAvailable(one)) : 1;
        HashSet<Pod> going = [.. _delete.Select(static one => one.Item1)];
        for (int i = _replicas.Length - 1; i >= Partition && room > 0; i--)
        {
            Pod? pod = _replicas[i];
            if (pod is not null
                && StatefulPods.RevisionOf(pod) != _snapshot.Update.Metadata.Name
                && !IsTerminating(pod))
            {
                if (!going.Contains(pod))
                {
                    _delete.Add((pod, StatefulDeletion.Update));
                }

                room--;
                continue;
            }

            // One at a time: the pod above must be back before the next goes.
            if (!isCounted && (pod is null || !IsHealthy(pod) || !IsAvailable(pod)))
            {
                return;
            }
        }
    }

    private int MaxUnavailable() => Math.Max(
        1, Fenceposts.Scaled(_set.Spec.UpdateStrategy.RollingUpdate!.MaxUnavailable!.Value, _replicas.Length, roundUp: false));

    private StatefulSetStatus Status()
    {
        Pod[] pods = [.. _replicas.Where(static one => one is not null).Select(static one => one!), .. _condemned];
        string current = _snapshot.Current.Metadata.Name;
        string update = _snapshot.Update.Metadata.Name;
        int Count(Func<Pod, bool> condition) => pods.Count(condition);
        StatefulSetStatus status = _set.Status with
        {
            ObservedGeneration = _set.Metadata.Generation,
            Replicas = pods.Length,
            ReadyReplicas = Count(IsRunningAndReady),
            AvailableReplicas = Count(IsAvailable),
            CurrentReplicas = Count(one => !IsTerminating(one) && StatefulPods.RevisionOf(one) == current),
            UpdatedReplicas = Count(one => !IsTerminating(one) && StatefulPods.RevisionOf(one) == update),
            CurrentRevision = current,
            UpdateRevision = update,
            CollisionCount = _set.Status.CollisionCount ?? 0,
        };
        bool isComplete = IsRolling
            && status.UpdatedReplicas == status.Replicas
            && status.ReadyReplicas == status.Replicas
            && _create.Count == 0;
        return isComplete ? status with { CurrentReplicas = status.UpdatedReplicas, CurrentRevision = update } : status;
    }

    private TimeSpan? NextAvailable()
    {
        TimeSpan? next = null;
        foreach (Pod pod in _snapshot.Pods)
        {
            TimeSpan? left = PodFacts.UntilAvailable(pod, MinReadySeconds, _now);
            next = left is { } one && (next is null || one < next) ? one : next;
        }

        return next;
    }
}
