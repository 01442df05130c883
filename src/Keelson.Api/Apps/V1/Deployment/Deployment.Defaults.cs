using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

public sealed partial record Deployment
{
    /// <inheritdoc cref="IKind{T}.SetDefaults"/>
    public static Deployment SetDefaults(Deployment obj)
    {
        DeploymentSpec spec = obj.Spec;
        DeploymentSpec defaulted = spec with
        {
            Replicas = spec.Replicas ?? 1,
            Template = PodTemplateRules.SetDefaults(spec.Template),
            Strategy = SetDefaults(spec.Strategy),
            RevisionHistoryLimit = spec.RevisionHistoryLimit ?? 10,
            ProgressDeadlineSeconds = spec.ProgressDeadlineSeconds ?? 600,
        };
        return obj with { Spec = defaulted };
    }

    private static DeploymentStrategy SetDefaults(DeploymentStrategy strategy)
    {
        string type = strategy.Type.Length == 0 ? DeploymentStrategyType.RollingUpdate : strategy.Type;
        if (type != DeploymentStrategyType.RollingUpdate)
        {
            return strategy;
        }

        RollingUpdateDeployment rolling = strategy.RollingUpdate ?? RollingUpdateDeployment.Empty;
        return strategy with
        {
            Type = type,
            RollingUpdate = rolling with
            {
                MaxUnavailable = rolling.MaxUnavailable ?? "25%",
                MaxSurge = rolling.MaxSurge ?? "25%",
            },
        };
    }
}
