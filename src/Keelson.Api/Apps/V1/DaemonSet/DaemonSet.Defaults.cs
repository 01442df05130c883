using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

public sealed partial record DaemonSet
{
    /// <summary>
    /// The template's generation shows from the start, so that it belongs to whoever creates the object.
    /// </summary>
    public static DaemonSet SetDefaults(DaemonSet obj) => obj with
    {
        Metadata = WithTemplateGeneration(obj.Metadata, TemplateGeneration(obj.Metadata)),
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
