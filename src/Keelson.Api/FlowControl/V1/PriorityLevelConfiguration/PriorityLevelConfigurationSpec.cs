using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Settings of a priority level.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec")]
public sealed partial record PriorityLevelConfigurationSpec
{
    /// <summary>Limited puts limits on its requests, Exempt none.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.PriorityLevelEnablement")]
    public partial string Type { get; init; }

    /// <summary>Settings when type is Limited; required then.</summary>
    [Field(2)]
    public partial LimitedPriorityLevelConfiguration? Limited { get; init; }

    /// <summary>Settings when type is Exempt; not allowed otherwise.</summary>
    [Field(3)]
    public partial ExemptPriorityLevelConfiguration? Exempt { get; init; }
}
