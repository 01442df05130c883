using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A condition that takes part in deciding whether the pod is ready.</summary>
[ApiType("io.k8s.api.core.v1.PodReadinessGate")]
public sealed partial record PodReadinessGate
{
    /// <summary>
    /// Type of an entry in status.conditions of the pod. While it is missing or not True the pod is not ready.
    /// </summary>
    [Field(1, Always = true, Required = true, GoType = "v1.PodConditionType")]
    public partial string ConditionType { get; init; }
}
