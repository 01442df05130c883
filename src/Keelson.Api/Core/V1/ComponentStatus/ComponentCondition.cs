using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Health of a component.</summary>
[ApiType("io.k8s.api.core.v1.ComponentCondition")]
public sealed partial record ComponentCondition
{
    /// <summary>Which aspect; only Healthy is known.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ComponentConditionType")]
    public partial string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>What the check returned.</summary>
    [Field(3)]
    public partial string Message { get; init; }

    /// <summary>Error code of the check.</summary>
    [Field(4)]
    public partial string Error { get; init; }
}
