using Keelson.Api.Kinds;

namespace Keelson.Api.Batch.V1;

/// <summary>Condition that a failed pod must carry for the rule to match.</summary>
[ApiType("io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern")]
public sealed partial record PodFailurePolicyOnPodConditionsPattern
{
    /// <summary>Type of the pod condition, such as DisruptionTarget.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.PodConditionType")]
    public partial string Type { get; init; }

    /// <summary>Status the pod condition must have. Defaults to True.</summary>
    [Field(2, Always = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }
}
