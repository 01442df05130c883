using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One observed aspect of a namespace.</summary>
[ApiType("io.k8s.api.core.v1.NamespaceCondition")]
public sealed partial record NamespaceCondition
{
    /// <summary>Which aspect, for example NamespaceContentRemaining or NamespaceFinalizersRemaining.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.NamespaceConditionType")]
    public partial string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>When status last changed its value.</summary>
    [Field(4)]
    public partial Time LastTransitionTime { get; init; }

    /// <summary>CamelCase word giving the cause of the last transition.</summary>
    [Field(5)]
    public partial string Reason { get; init; }

    /// <summary>Readable details of the last transition.</summary>
    [Field(6)]
    public partial string Message { get; init; }
}
