using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

public sealed partial record DaemonSet
{
    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public static DaemonSet SetDefaults(DaemonSet obj) => obj with
    {
        Spec = obj.Spec with
        {
            Template = PodTemplateRules.SetDefaults(obj.Spec.Template),
            UpdateStrategy = SetDefaults(obj.Spec.UpdateStrategy),
            RevisionHistoryLimit = obj.Spec.RevisionHistoryLimit ?? 10,
        },
    };

    private static DaemonSetUpdateStrategy SetDefaults(DaemonSetUpdateStrategy strategy)
    {
        string type = strategy.Type.Length == 0 ? DaemonSetUpdateStrategyType.RollingUpdate : strategy.Type;
        if (type != DaemonSetUpdateStrategyType.RollingUpdate)
        {
            return strategy;
        }

        RollingUpdateDaemonSet rolling = strategy.RollingUpdate ?? RollingUpdateDaemonSet.Empty;
        return strategy with
        {
            Type = type,
            RollingUpdate = rolling with
            {
                MaxUnavailable = rolling.MaxUnavailable ?? 1,
                MaxSurge = rolling.MaxSurge ?? 0,
            },
        };
    }
}
