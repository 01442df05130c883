using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiRegistration.V1;

/// <summary>One observation about an API service.</summary>
[ApiType("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition")]
public sealed partial record APIServiceCondition
{
    /// <summary>Kind of observation: Available.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.APIServiceConditionType")]
    public partial string Type { get; init; }

    /// <summary>Whether the condition holds: True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>When the status of this condition last flipped from one value to another.</summary>
    [Field(3)]
    public partial Time LastTransitionTime { get; init; }

    /// <summary>
    /// Short CamelCase word, meant for programs, that says why the condition has its present status.
    /// </summary>
    [Field(4)]
    public partial string Reason { get; init; }

    /// <summary>Text for people with details about the condition's present status; may be empty.</summary>
    [Field(5)]
    public partial string Message { get; init; }
}
