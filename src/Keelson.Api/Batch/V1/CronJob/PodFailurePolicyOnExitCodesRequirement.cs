using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>Condition on the exit codes of a failed pod's containers.</summary>
[ApiType("io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement")]
public sealed partial record PodFailurePolicyOnExitCodesRequirement
{
    /// <summary>
    /// Only look at the container or init container of this name. If not set, every container is considered.
    /// </summary>
    [Field(1)]
    public partial string? ContainerName { get; init; }

    /// <summary>
    /// In matches if at least one examined exit code is among values; NotIn matches if at least one is not. Codes
    /// of 0 are ignored.
    /// </summary>
    [Field(2, Always = true, Required = true, Enum = typeof(PodFailurePolicyOnExitCodesOperator))]
    public partial string Operator { get; init; }

    /// <summary>
    /// Exit codes to compare with; between 1 and 255 entries without repetition. 0 is not allowed with In.
    /// </summary>
    [Field(3, Always = true, Required = true, List = ListType.Set)]
    public partial ApiList<int> Values { get; init; }
}
