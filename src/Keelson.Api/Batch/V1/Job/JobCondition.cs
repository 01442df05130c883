using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>One observation about the state of a job.</summary>
[ApiType("io.k8s.api.batch.v1.JobCondition")]
public sealed partial record JobCondition
{
    /// <summary>
    /// Kind of observation: Suspended, Complete, Failed, or the forerunners SuccessCriteriaMet and FailureTarget
    /// that announce an outcome while pods still terminate.
    /// </summary>
    [Field(1, Always = true, Required = true, GoType = "v1.JobConditionType")]
    public partial string Type { get; init; }

    /// <summary>Whether the condition holds: True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>When this condition was last checked.</summary>
    [Field(3)]
    public partial Time LastProbeTime { get; init; }

    /// <summary>When the status of this condition last flipped from one value to another.</summary>
    [Field(4)]
    public partial Time LastTransitionTime { get; init; }

    /// <summary>
    /// Short CamelCase word, meant for programs, that says why the condition has its present status.
    /// </summary>
    [Field(5)]
    public partial string Reason { get; init; }

    /// <summary>Text for people with details about the condition's present status; may be empty.</summary>
    [Field(6)]
    public partial string Message { get; init; }
}
