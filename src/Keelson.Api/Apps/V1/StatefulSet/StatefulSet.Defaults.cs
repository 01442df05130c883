using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

public sealed partial record StatefulSet
{
    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public static StatefulSet SetDefaults(StatefulSet obj)
    {
        StatefulSetSpec spec = obj.Spec;
        StatefulSetSpec defaulted = spec with
        {
            Replicas = spec.Replicas ?? 1,
            Template = PodTemplateRules.SetDefaults(spec.Template),
            VolumeClaimTemplates = spec.VolumeClaimTemplates.Map(Defaulted<PersistentVolumeClaim>),
            PodManagementPolicy = spec.PodManagementPolicy.Length == 0
                ? PodManagementPolicyType.OrderedReady
                : spec.PodManagementPolicy,
            UpdateStrategy = SetDefaults(spec.UpdateStrategy),
            RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
            PersistentVolumeClaimRetentionPolicy = SetDefaults(spec.PersistentVolumeClaimRetentionPolicy),
        };
        return obj with { Spec = defaulted };
    }

    private static T Defaulted<T>(T obj)
        where T : class, IKind<T> => T.SetDefaults(obj);

    private static StatefulSetUpdateStrategy SetDefaults(StatefulSetUpdateStrategy strategy)
    {
        if (strategy.Type.Length == 0)
        {
            strategy = new()
            {
                Type = StatefulSetUpdateStrategyType.RollingUpdate,
                RollingUpdate = strategy.RollingUpdate ?? RollingUpdateStatefulSetStrategy.Empty,
            };
        }

        bool isRolling = strategy.Type == StatefulSetUpdateStrategyType.RollingUpdate;
        return isRolling && strategy.RollingUpdate is { Partition: null } rolling
            ? strategy with { RollingUpdate = rolling with { Partition = 0 } }
            : strategy;
    }

    private static StatefulSetPersistentVolumeClaimRetentionPolicy SetDefaults(
        StatefulSetPersistentVolumeClaimRetentionPolicy? policy)
    {
        policy ??= StatefulSetPersistentVolumeClaimRetentionPolicy.Empty;
        return new()
        {
            WhenDeleted = OrRetain(policy.WhenDeleted),
            WhenScaled = OrRetain(policy.WhenScaled),
        };
    }

    private static string OrRetain(string policy) =>
        policy.Length == 0 ? PersistentVolumeClaimRetentionPolicyType.Retain : policy;
}
