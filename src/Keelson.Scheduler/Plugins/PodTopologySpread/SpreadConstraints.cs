using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.PodTopologySpread;

/// <summary>
/// The constraints of pods: their own, or for pods that have none the profile's, among the pods of their services and
/// workload.
/// </summary>
internal sealed class SpreadConstraints(PodTopologySpreadArgs args, IInformers informers)
{
    private static readonly TopologySpreadConstraint[] SystemDefaults =
    [
        new()
        {
            TopologyKey = SpreadConstraint.HostKey, MaxSkew = 3,
            WhenUnsatisfiable = UnsatisfiableConstraintAction.ScheduleAnyway,
        },
        new()
        {
            TopologyKey = "topology.kubernetes.io/zone", MaxSkew = 5,
            WhenUnsatisfiable = UnsatisfiableConstraintAction.ScheduleAnyway,
        },
    ];

    private readonly IReadOnlyList<TopologySpreadConstraint> _defaults =
        args.UsesSystemDefaults ? SystemDefaults : args.DefaultConstraints;

    private readonly IInformer<Service> _services = informers.Of<Service>();
    private readonly IInformer<ReplicationController> _replicationControllers = informers.Of<ReplicationController>();
    private readonly IInformer<ReplicaSet> _replicaSets = informers.Of<ReplicaSet>();
    private readonly IInformer<StatefulSet> _statefulSets = informers.Of<StatefulSet>();

    /// <summary>True when nodes without all labels are left out of scoring: not with the system's defaults.</summary>
    public bool RequiresAllKeys(PodInfo pod) =>
        pod.Pod.Spec.TopologySpreadConstraints.Count > 0 || !args.UsesSystemDefaults;

    /// <summary>A pod's constraints of one sort.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="action">DoNotSchedule or ScheduleAnyway.</param>
    public SpreadConstraint[] Of(PodInfo pod, string action)
    {
        if (pod.Pod.Spec.TopologySpreadConstraints.Count > 0)
        {
            ApiMap<string> labels = pod.Labels;
            return
            [
                .. pod.Pod.Spec.TopologySpreadConstraints.Where(one => one.WhenUnsatisfiable == action)
                    .Select(one => new SpreadConstraint(one, labels)),
            ];
        }

        List<SpreadConstraint>? constraints = null;
        LabelMatcher? selector = null;
        foreach (TopologySpreadConstraint one in _defaults)
        {
            if (one.WhenUnsatisfiable != action)
            {
                continue;
            }

            selector ??= SiblingsOf(pod);
            if (selector.IsEverything)
            {
                return [];
            }

            (constraints ??= []).Add(new(one, pod.Labels, selector));
        }

        return constraints is null ? [] : [.. constraints];
    }

    /// <summary>The pods that a pod is one of; everything when nothing selects it.</summary>
    private LabelMatcher SiblingsOf(PodInfo pod)
    {
        ApiMap<string> labels = default;
        if (pod.Labels.Count > 0)
        {
            foreach (Service service in _services.List(pod.Namespace))
            {
                if (service.Spec.Selector.Count > 0 && Covers(service.Spec.Selector, pod.Labels))
                {
                    labels = Merge(labels, service.Spec.Selector);
                }
            }
        }

        LabelMatcher? workload = null;
        foreach (OwnerReference owner in pod.Pod.Metadata.OwnerReferences)
        {
            if (owner.Controller != true)
            {
                continue;
            }

            switch ((owner.ApiVersion, owner.Kind))
            {
                case ("v1", "ReplicationController"):
                    labels = Merge(
                        labels, _replicationControllers.Find(pod.Namespace, owner.Name)?.Spec.Selector ?? default);
                    break;
                case ("apps/v1", "ReplicaSet"):
                    workload = _replicaSets.Find(pod.Namespace, owner.Name)?.Spec.Selector.ToMatcher();
                    break;
                case ("apps/v1", "StatefulSet"):
                    workload = _statefulSets.Find(pod.Namespace, owner.Name)?.Spec.Selector.ToMatcher();
                    break;
            }
        }

        return LabelMatcher.Of([.. LabelMatcher.FromLabels(labels).Requirements, .. workload?.Requirements ?? []]);
    }

    private static bool Covers(in ApiMap<string> selector, in ApiMap<string> labels)
    {
        foreach ((string key, string value) in selector)
        {
            if (!labels.TryGetValue(key, out string? actual) || actual != value)
            {
                return false;
            }
        }

        return true;
    }

    private static ApiMap<string> Merge(ApiMap<string> labels, ApiMap<string> more)
    {
        foreach ((string key, string value) in more)
        {
            labels = labels.With(key, value);
        }

        return labels;
    }
}
