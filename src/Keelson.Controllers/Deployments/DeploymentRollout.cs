using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Deployments;

/// <summary>
/// One look at a rollout: which replica set is the new one, and how the sets share the replicas. Rules and their order
/// are upstream's (pkg/controller/deployment).
/// </summary>
internal sealed class DeploymentRollout
{
    private readonly DeploymentSnapshot _snapshot;
    private readonly Deployment _deployment;
    private readonly Time _now;
    private readonly int _wanted;
    private readonly Fenceposts _fenceposts;

    public DeploymentRollout(DeploymentSnapshot snapshot, Time now)
    {
        _snapshot = snapshot;
        _deployment = snapshot.Deployment;
        _now = now;
        _wanted = _deployment.Spec.Replicas ?? 1;
        _fenceposts = FencepostsOf(_deployment);
        ReplicaSet[] byAge = [.. snapshot.Sets.Order(OldestFirst)];
        New = byAge.FirstOrDefault(one => TemplateHash.Equal(one.Spec.Template, _deployment.Spec.Template));
        Old = [.. byAge.Where(one => one != New)];
        All = New is null ? Old : [.. Old, New];
        long newest = Old.Select(static one => DeploymentAnnotations.RevisionOf(one.Metadata)).DefaultIfEmpty(0).Max();
        NextRevision = Math.Max(newest + 1, New is null ? 0 : DeploymentAnnotations.RevisionOf(New.Metadata));
    }

    /// <summary>The set with the deployment's present template; null when there is none yet.</summary>
    public ReplicaSet? New { get; }

    /// <summary>The other sets, oldest first.</summary>
    public IReadOnlyList<ReplicaSet> Old { get; }

    /// <summary>All sets.</summary>
    public IReadOnlyList<ReplicaSet> All { get; }

    /// <summary>The revision of the new set.</summary>
    public long NextRevision { get; }

    /// <summary>The revision to note on the deployment; null when it stands there.</summary>
    public long? RevisionToNote =>
        New is not null && DeploymentAnnotations.RevisionOf(_deployment.Metadata) != NextRevision ? NextRevision : null;

    /// <summary>True when the deployment's size was changed since its sets were last scaled.</summary>
    public bool IsScaling => All.Any(one =>
        Size(one) > 0 && DeploymentAnnotations.DesiredOf(one) is { } desired && desired != _wanted);

    private int MostReplicas => _wanted + _fenceposts.Surge;

    private static Comparer<ReplicaSet> OldestFirst { get; } = Comparer<ReplicaSet>.Create(static (a, b) =>
    {
        int order = a.Metadata.CreationTimestamp.CompareTo(b.Metadata.CreationTimestamp);
        return order != 0 ? order : string.CompareOrdinal(a.Metadata.Name, b.Metadata.Name);
    });

    /// <summary>How far the deployment's rollouts may go.</summary>
    public static Fenceposts FencepostsOf(Deployment deployment)
    {
        int wanted = deployment.Spec.Replicas ?? 1;
        if (deployment.Spec.Strategy.Type == DeploymentStrategyType.Recreate || wanted == 0)
        {
            return new(
                deployment.Spec.Strategy.RollingUpdate is { } rolling
                    ? Fenceposts.Resolve(rolling.MaxSurge, 1, wanted).Surge
                    : 0,
                0);
        }

        Fenceposts posts = Fenceposts.Resolve(
            deployment.Spec.Strategy.RollingUpdate?.MaxSurge, deployment.Spec.Strategy.RollingUpdate?.MaxUnavailable, wanted);
        return posts with { Unavailable = Math.Min(posts.Unavailable, wanted) };
    }

    /// <summary>A rolling update's next step.</summary>
    public DeploymentPlan Roll()
    {
        if (New is null)
        {
            return Plan([], create: NewSet(NewSize(0)));
        }

        int size = Size(New) > _wanted ? _wanted : NewSize(Size(New));
        if (size != Size(New))
        {
            return Plan([ScaleTo(New, size)]);
        }

        IReadOnlyList<ReplicaSetChange> down = ShrinkOld();
        return Plan(down, cleanUp: down.Count == 0);
    }

    /// <summary>The next step of an update that first removes all old pods.</summary>
    public DeploymentPlan Recreate()
    {
        List<ReplicaSetChange> down = [.. Old.Where(static one => Size(one) > 0).Select(one => ScaleTo(one, 0))];
        if (down.Count > 0 || Old.Any(_snapshot.HasRunningPods))
        {
            return Plan(down);
        }

        if (New is null)
        {
            return Plan([], create: NewSet(_wanted));
        }

        return Plan(Size(New) == _wanted ? [] : [ScaleTo(New, _wanted)], cleanUp: true);
    }

    /// <summary>Brings the sets to the deployment's size, in proportion when several have pods.</summary>
    public IReadOnlyList<ReplicaSetChange> Scale()
    {
        ReplicaSet[] active = [.. All.Where(static one => Size(one) > 0)];
        ReplicaSet? only = active.Length switch
        {
            0 => New ?? Old.OrderBy(static one => DeploymentAnnotations.RevisionOf(one.Metadata)).LastOrDefault(),
            1 => active[0],
            _ => null,
        };
        if (only is not null || active.Length == 0)
        {
            return only is null || Size(only) == _wanted ? [] : [ScaleTo(only, _wanted)];
        }

        bool isSaturated = New is not null && Size(New) == _wanted
            && DeploymentAnnotations.DesiredOf(New) == _wanted && New.Status.AvailableReplicas == _wanted;
        if (isSaturated)
        {
            return [.. Old.Where(static one => Size(one) > 0).Select(one => ScaleTo(one, 0))];
        }

        return _deployment.Spec.Strategy.Type == DeploymentStrategyType.Recreate ? [] : ScaleInProportion(active);
    }

    /// <summary>Sets of the past beyond the limit of the history, oldest revision first.</summary>
    public IReadOnlyList<ReplicaSet> Obsolete()
    {
        if (_deployment.Spec.RevisionHistoryLimit is not { } limit || limit == int.MaxValue)
        {
            return [];
        }

        ReplicaSet[] candidates = [.. Old.Where(static one => one.Metadata.DeletionTimestamp is null)];
        return
        [
            .. candidates
                .OrderBy(static one => DeploymentAnnotations.RevisionOf(one.Metadata))
                .Take(Math.Max(0, candidates.Length - limit))
                .Where(static one => one.Status.Replicas == 0 && Size(one) == 0
                    && one.Metadata.Generation <= one.Status.ObservedGeneration),
        ];
    }

    /// <summary>The changes, with the new set's annotations brought up to date as well.</summary>
    public IReadOnlyList<ReplicaSetChange> Merge(IReadOnlyList<ReplicaSetChange> changes)
    {
        if (New is null)
        {
            return changes;
        }

        ReplicaSet current = changes.FirstOrDefault(one => one.Set == New)?.Wanted ?? New;
        ApiMap<string> annotations = DeploymentAnnotations.OfNewSet(
            _deployment, current.Metadata.Annotations, NextRevision, exists: true);
        ReplicaSet wanted = current with
        {
            Metadata = current.Metadata with { Annotations = annotations },
            Spec = current.Spec with { MinReadySeconds = _deployment.Spec.MinReadySeconds },
        };
        return wanted.Equals(New) ? changes : [.. changes.Where(one => one.Set != New), new(New, wanted)];
    }

    private static int Size(ReplicaSet set) => set.Spec.Replicas ?? 0;

    private DeploymentPlan Plan(
        IReadOnlyList<ReplicaSetChange> changes, ReplicaSet? create = null, bool cleanUp = false)
    {
        DeploymentStatus status = DeploymentStatuses.OfRollout(_deployment, All, New, create, _now);
        return new DeploymentPlan
        {
            Revision = RevisionToNote,
            Create = create,
            Changes = Merge(changes),
            Delete = cleanUp && DeploymentStatuses.IsComplete(_deployment, status) ? Obsolete() : [],
            Status = status,
            CheckAfter = DeploymentStatuses.UntilDeadline(_deployment, status, _now),
        };
    }

    /// <summary>How large the new set may be now.</summary>
    private int NewSize(int size)
    {
        int total = All.Sum(Size);
        return total >= MostReplicas ? size : size + Math.Min(MostReplicas - total, _wanted - size);
    }

    private ReplicaSet NewSet(int size)
    {
        PodTemplateSpec template = _deployment.Spec.Template;
        string hash = TemplateHash.Of(template, _deployment.Status.CollisionCount);
        ApiMap<string> labels = template.Metadata.Labels.With(TemplateHash.Label, hash);
        LabelSelector selector = _deployment.Spec.Selector!;
        ApiMap<string> annotations = DeploymentAnnotations.OfNewSet(
            _deployment, ApiMap<string>.Empty, NextRevision, exists: false);
        return new ReplicaSet
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = _deployment.Metadata.Name + "-" + hash,
                Namespace = _deployment.Metadata.Namespace,
                Labels = labels,
                Annotations = DeploymentAnnotations.Scaled(annotations, _wanted, MostReplicas),
                OwnerReferences = [Owner.ControllerReference(_deployment)],
            },
            Spec = new ReplicaSetSpec
            {
                Replicas = size,
                MinReadySeconds = _deployment.Spec.MinReadySeconds,
                Selector = selector with { MatchLabels = selector.MatchLabels.With(TemplateHash.Label, hash) },
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
    }

    private ReplicaSetChange ScaleTo(ReplicaSet set, int size) => new(set, set with
    {
        Metadata = set.Metadata with
        {
            Annotations = DeploymentAnnotations.Scaled(set.Metadata.Annotations, _wanted, MostReplicas),
        },
        Spec = set.Spec with { Replicas = size },
    });

    /// <summary>Takes replicas off the old sets: unhealthy ones first, then as many as the new ones make
    /// dispensable.</summary>
    private List<ReplicaSetChange> ShrinkOld()
    {
        if (Old.All(static one => Size(one) == 0))
        {
            return [];
        }

        int least = _wanted - _fenceposts.Unavailable;
        int newUnavailable = Size(New!) - New!.Status.AvailableReplicas;
        int most = All.Sum(Size) - least - newUnavailable;
        if (most <= 0)
        {
            return [];
        }

        Dictionary<ReplicaSet, int> sizes = Old.ToDictionary(static one => one, Size);
        foreach (ReplicaSet set in Old)
        {
            int unhealthy = sizes[set] - set.Status.AvailableReplicas;
            if (most > 0 && sizes[set] > 0 && unhealthy > 0)
            {
                int fewer = Math.Min(most, unhealthy);
                sizes[set] -= fewer;
                most -= fewer;
            }
        }

        // A set that has not come down to its size yet is about to lose some of those that it still counts.
        int dispensable = All.Sum(one => Math.Min(one.Status.AvailableReplicas, Size(one))) - least;
        foreach (ReplicaSet set in Old)
        {
            if (dispensable > 0 && sizes[set] > 0)
            {
                int fewer = Math.Min(sizes[set], dispensable);
                sizes[set] -= fewer;
                dispensable -= fewer;
            }
        }

        return [.. Old.Where(one => sizes[one] != Size(one)).Select(one => ScaleTo(one, sizes[one]))];
    }

    private List<ReplicaSetChange> ScaleInProportion(ReplicaSet[] active)
    {
        int allowed = _wanted > 0 ? MostReplicas : 0;
        int toAdd = allowed - active.Sum(Size);

        // Growth begins with the largest and newest, shrinking with the largest and oldest; what rounding leaves goes
        // to the first.
        ReplicaSet[] order = toAdd > 0
            ? [.. active.OrderByDescending(Size).ThenByDescending(static one => one, OldestFirst)]
            : [.. active.OrderByDescending(Size).ThenBy(static one => one, OldestFirst)];
        int added = 0;
        int[] sizes = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            int share = ShareOf(order[i], toAdd, added);
            sizes[i] = Size(order[i]) + share;
            added += share;
        }

        sizes[0] = Math.Max(0, sizes[0] + toAdd - added);
        return [.. order.Select((one, i) => ScaleTo(one, sizes[i])).Where(static one => !one.Wanted.Equals(one.Set))];
    }

    private int ShareOf(ReplicaSet set, int toAdd, int added)
    {
        if (toAdd == 0 || added == toAdd || Size(set) == 0)
        {
            return 0;
        }

        int rest = toAdd - added;
        int share = FractionOf(set);
        return toAdd > 0 ? Math.Min(share, rest) : Math.Max(share, rest);
    }

    private int FractionOf(ReplicaSet set)
    {
        if (_wanted == 0)
        {
            return -Size(set);
        }

        long before = DeploymentAnnotations.MaxOf(set) is { } most and > 0 ? most : _deployment.Status.Replicas;
        return before == 0
            ? 0
            : (int)Math.Round((double)Size(set) * MostReplicas / before, MidpointRounding.AwayFromZero) - Size(set);
    }
}
