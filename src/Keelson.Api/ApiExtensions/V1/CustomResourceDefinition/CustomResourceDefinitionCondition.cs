using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>One observation about a definition.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition")]
public sealed partial record CustomResourceDefinitionCondition
{
    /// <summary>
    /// Kind of observation, such as Established, NamesAccepted, NonStructuralSchema or Terminating.
    /// </summary>
    [Field(1, Always = true, Required = true, GoType = "v1.CustomResourceDefinitionConditionType")]
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

    /// <summary>Generation of the definition this condition was set for.</summary>
    [Field(6)]
    public partial long ObservedGeneration { get; init; }
}
