using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

/// <summary>How a deployment replaces old pods with new ones.</summary>
[ApiType("io.k8s.api.apps.v1.DeploymentStrategy")]
public sealed partial record DeploymentStrategy
{
    /// <summary>
    /// Either RollingUpdate, which exchanges pods gradually, or Recreate, which stops every old pod before starting
    /// new ones. Defaults to RollingUpdate.
    /// </summary>
    [Field(1, Enum = typeof(DeploymentStrategyType))]
    public partial string Type { get; init; }

    /// <summary>Pace of the rolling update; only allowed when type is RollingUpdate.</summary>
    [Field(2)]
    public partial RollingUpdateDeployment? RollingUpdate { get; init; }
}
