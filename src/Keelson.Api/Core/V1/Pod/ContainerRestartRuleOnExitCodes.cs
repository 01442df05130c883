using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A test on the exit code of a container.</summary>
[ApiType("io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes")]
public sealed partial record ContainerRestartRuleOnExitCodes
{
    /// <summary>In is true if the exit code is one of the values, NotIn if it is none of them.</summary>
    [Field(1, Required = true, GoType = "v1.ContainerRestartRuleOnExitCodesOperator")]
    public partial string Operator { get; init; }

    /// <summary>Exit codes to compare with, without duplicates; at most 255.</summary>
    [Field(2, List = ListType.Set)]
    public partial ApiList<int> Values { get; init; }
}
