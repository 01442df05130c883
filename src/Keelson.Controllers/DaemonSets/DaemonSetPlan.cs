using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.DaemonSets;

/// <summary>What the daemon set controller sees of one set.</summary>
/// <param name="Set">The set.</param>
/// <param name="Nodes">All nodes.</param>
/// <param name="Pods">The pods that it controls.</param>
/// <param name="Hash">The hash of the present template's revision.</param>
internal sealed record DaemonSetSnapshot(
    DaemonSet Set, IReadOnlyList<Node> Nodes, IReadOnlyList<Pod> Pods, string Hash);

/// <summary>What to do about a daemon set.</summary>
internal sealed record DaemonSetPlan
{
    /// <summary>The nodes that get a pod.</summary>
    public IReadOnlyList<string> Create { get; init; } = [];

    /// <summary>Pods to delete.</summary>
    public IReadOnlyList<Pod> Delete { get; init; } = [];

    /// <summary>Pods that have ended, which are deleted so that they come again: not too often where they
    /// fail.</summary>
    public IReadOnlyList<Pod> Ended { get; init; } = [];

    /// <summary>The status to report.</summary>
    public required DaemonSetStatus Status { get; init; }

    /// <summary>When a ready pod becomes available by standing still; null for never.</summary>
    public TimeSpan? CheckAfter { get; init; }

    /// <summary>Decides.</summary>
    public static DaemonSetPlan Compute(DaemonSetSnapshot snapshot, Time now) => new DaemonSetStep(snapshot, now).Run();
}

/// <summary>One look at a daemon set. Rules and their order are upstream's (daemon_controller.go, update.go).</summary>
internal sealed class DaemonSetStep
{
    /// <summary>The most pods created or deleted in one go (upstream's burstReplicas).</summary>
    private const int LargestBurst = 250;

    private readonly DaemonSetSnapshot _snapshot;
    private readonly DaemonSet _set;
    private readonly Time _now;
    private readonly DaemonPlacement _placement;
    private readonly Dictionary<string, List<Pod>> _byNode;
    private readonly List<string> _create = [];
    private readonly List<Pod> _delete = [];
    private readonly List<Pod> _ended = [];

    public DaemonSetStep(DaemonSetSnapshot snapshot, Time now)
    {
        _snapshot = snapshot;
        _set = snapshot.Set;
        _now = now;
        _placement = new(_set);
        _byNode = snapshot.Pods.GroupBy(DaemonPlacement.NodeOf).ToDictionary(
            static one => one.Key,
            static one =>
                one.OrderBy(static pod => pod.Spec.NodeName.Length == 0)
                    .ThenBy(static pod => pod.Metadata.CreationTimestamp)
                    .ToList(),
            StringComparer.Ordinal);
    }

    private int MinReadySeconds => _set.Spec.MinReadySeconds;

    private bool IsRolling => _set.Spec.UpdateStrategy.Type == DaemonSetUpdateStrategyType.RollingUpdate;

    /// <summary>Decides.</summary>
    public DaemonSetPlan Run()
    {
        (bool ShouldRun, bool MayStay)[] judged = [.. _snapshot.Nodes.Select(_placement.Judge)];
        int wanted = judged.Count(static one => one.ShouldRun);
        Fenceposts posts = PostsFor(wanted);
        if (_set.Metadata.DeletionTimestamp is null)
        {
            for (int i = 0; i < judged.Length; i++)
            {
                SeeTo(_snapshot.Nodes[i].Metadata.Name, judged[i].ShouldRun, judged[i].MayStay, posts.Surge > 0);
            }

            RemoveLost();
            if (IsRolling && _create.Count == 0 && _delete.Count == 0 && _ended.Count == 0)
            {
                Update(posts);
            }
        }

        return new DaemonSetPlan
        {
            Create = [.. _create.Take(LargestBurst)],
            Delete = [.. _delete.Take(LargestBurst)],
            Ended = _ended,
            Status = Status(judged, wanted),
            CheckAfter = NextAvailable(),
        };
    }

    private Fenceposts PostsFor(int wanted)
    {
        RollingUpdateDaemonSet? rolling = _set.Spec.UpdateStrategy.RollingUpdate;
        if (!IsRolling || rolling is null)
        {
            return new(0, 0);
        }

        int surge = Fenceposts.Scaled(rolling.MaxSurge ?? 0, wanted, roundUp: true);
        int unavailable = Fenceposts.Scaled(rolling.MaxUnavailable ?? 1, wanted, roundUp: true);
        return new(surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    private List<Pod> PodsOn(string node) => _byNode.GetValueOrDefault(node) ?? [];

    private bool IsNew(Pod pod) => pod.Metadata.Labels.GetValueOrDefault(RevisionHistory.PodLabel) == _snapshot.Hash;

    private bool IsAvailable(Pod pod) => PodFacts.IsAvailable(pod, MinReadySeconds, _now);

    private void SeeTo(string node, bool shouldRun, bool mayStay, bool surges)
    {
        List<Pod> pods = PodsOn(node);
        if (shouldRun && pods.Count == 0)
        {
            _create.Add(node);
            return;
        }

        Pod[] alive = [.. pods.Where(static pod => pod.Metadata.DeletionTimestamp is null)];
        if (!mayStay)
        {
            _delete.AddRange(alive);
            return;
        }

        _ended.AddRange(alive.Where(PodFacts.IsEnded));
        Pod[] running = [.. alive.Where(static pod => !PodFacts.IsEnded(pod))];
        if (running.Length <= 1)
        {
            return;
        }

        if (!surges)
        {
            _delete.AddRange(running[1..]);
            return;
        }

        Prune(running);
    }

    /// <summary>Two pods may be on a node while one replaces the other.</summary>
    private void Prune(Pod[] running)
    {
        Pod? newest = running.FirstOrDefault(IsNew);
        Pod? old = running.FirstOrDefault(pod => !IsNew(pod));
        _delete.AddRange(running.Where(pod => pod != newest && pod != old));
        if (newest is not null && old is not null && (!PodFacts.IsReady(old) || IsAvailable(newest)))
        {
            _delete.Add(old);
        }
    }

    /// <summary>Pods that wait for a node that is gone.</summary>
    private void RemoveLost()
    {
        HashSet<string> names = [.. _snapshot.Nodes.Select(static one => one.Metadata.Name)];
        foreach ((string node, List<Pod> pods) in _byNode)
        {
            if (!names.Contains(node))
            {
                _delete.AddRange(
                    pods.Where(static pod => pod.Spec.NodeName.Length == 0 && pod.Metadata.DeletionTimestamp is null));
            }
        }
    }

    private void Update(Fenceposts posts)
    {
        List<Pod> replaceable = [];
        List<string> surgeable = [];
        int surging = 0;
        int unavailable = 0;
        foreach (string node in _byNode.Keys.Order(StringComparer.Ordinal))
        {
            Pod[] alive = [.. PodsOn(node).Where(static pod => pod.Metadata.DeletionTimestamp is null)];
            Pod[] present = [.. alive.Where(IsNew)];
            Pod[] past = [.. alive.Where(pod => !IsNew(pod))];
            bool isSettled = present.Length <= 1 && past.Length <= 1;
            if (posts.Surge == 0)
            {
                bool isReplaceable = isSettled && present.Length == 0 && past.Length == 1;
                if (!isReplaceable)
                {
                    unavailable += isSettled && present.Length == 1 && past.Length == 0 && IsAvailable(present[0])
                        ? 0
                        : 1;
                }
                else if (!IsAvailable(past[0]))
                {
                    _delete.Add(past[0]);
                }
                else
                {
                    replaceable.Add(past[0]);
                }

                continue;
            }

            surging += Surge(node, present, past, isSettled, surgeable);
        }

        _delete.AddRange(replaceable.Take(Math.Max(0, posts.Unavailable - unavailable - _delete.Count)));
        _create.AddRange(surgeable.Take(Math.Max(0, posts.Surge - surging)));
    }

    /// <summary>One node of a surging update; 1 when its new pod is still to become available.</summary>
    private int Surge(string node, Pod[] present, Pod[] past, bool isSettled, List<string> surgeable)
    {
        if (!isSettled)
        {
            return 1;
        }

        if (past.Length == 0)
        {
            return 0;
        }

        if (present.Length == 0)
        {
            (IsAvailable(past[0]) ? surgeable : _create).Add(node);
            return 0;
        }

        if (!IsAvailable(present[0]))
        {
            return 1;
        }

        _delete.Add(past[0]);
        return 0;
    }

    private DaemonSetStatus Status((bool ShouldRun, bool MayStay)[] judged, int wanted)
    {
        int current = 0;
        int misplaced = 0;
        int ready = 0;
        int available = 0;
        int updated = 0;
        for (int i = 0; i < judged.Length; i++)
        {
            List<Pod> pods = PodsOn(_snapshot.Nodes[i].Metadata.Name);
            if (pods.Count == 0)
            {
                continue;
            }

            if (!judged[i].ShouldRun)
            {
                misplaced++;
                continue;
            }

            current++;
            Pod[] alive = [.. pods.Where(static pod => pod.Metadata.DeletionTimestamp is null)];
            ready += alive.Any(PodFacts.IsReady) ? 1 : 0;
            available += alive.Any(IsAvailable) ? 1 : 0;
            updated += alive.Any(IsNew) ? 1 : 0;
        }

        return _set.Status with
        {
            ObservedGeneration = _set.Metadata.Generation,
            DesiredNumberScheduled = wanted,
            CurrentNumberScheduled = current,
            NumberMisscheduled = misplaced,
            NumberReady = ready,
            NumberAvailable = available,
            NumberUnavailable = wanted - available,
            UpdatedNumberScheduled = updated,
        };
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
