using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>One observed aspect of the state of an object.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.Condition")]
public sealed partial record Condition
{
    /// <summary>Which aspect, in CamelCase, possibly with a domain prefix; unique within the list.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>
    /// The metadata.generation the condition was computed from. If smaller than the present one, the condition is
    /// outdated.
    /// </summary>
    [Field(3)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>When status last changed its value.</summary>
    [Field(4, Always = true, Required = true)]
    public partial Time LastTransitionTime { get; init; }

    /// <summary>CamelCase identifier of the cause of the last transition. Must not be empty.</summary>
    [Field(5, Always = true, Required = true)]
    public partial string Reason { get; init; }

    /// <summary>Readable details of the last transition; may be empty. At most 32768 characters.</summary>
    [Field(6, Always = true, Required = true)]
    public partial string Message { get; init; }
}
