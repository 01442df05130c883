using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Lets a pod put up with matching taints of a node.</summary>
[ApiType("io.k8s.api.core.v1.Toleration")]
public sealed partial record Toleration
{
    /// <summary>Key of the taint. Empty matches all keys and then needs the operator Exists.</summary>
    [Field(1)]
    public partial string Key { get; init; }

    /// <summary>
    /// How the value is compared: Equal (the default), Exists for any value, or Lt and Gt, which compare integers
    /// and need a feature gate.
    /// </summary>
    [Field(2, Enum = typeof(TolerationOperator))]
    public partial string Operator { get; init; }

    /// <summary>Value of the taint. Must be empty with Exists.</summary>
    [Field(3)]
    public partial string Value { get; init; }

    /// <summary>
    /// Effect of the taint: NoSchedule, PreferNoSchedule or NoExecute. Empty matches all of them.
    /// </summary>
    [Field(4, Enum = typeof(TaintEffect))]
    public partial string Effect { get; init; }

    /// <summary>
    /// How long a pod may stay on a node with a NoExecute taint. Forever if absent; 0 or less means immediate
    /// eviction. Only allowed with the effect NoExecute.
    /// </summary>
    [Field(5)]
    public partial long? TolerationSeconds { get; init; }
}
