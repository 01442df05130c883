using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Batch.V1;

/// <summary>
/// What to do when a pod fails in a certain way; has either onExitCodes or onPodConditions, not both.
/// </summary>
[ApiType("io.k8s.api.batch.v1.PodFailurePolicyRule")]
public sealed partial record PodFailurePolicyRule
{
    /// <summary>
    /// Consequence of a match: FailJob fails the whole job, FailIndex gives up the pod's index without retries,
    /// Ignore starts a replacement without counting the failure, Count counts it as usual.
    /// </summary>
    [Field(1, Always = true, Required = true, Enum = typeof(PodFailurePolicyAction))]
    public partial string Action { get; init; }

    /// <summary>Match on the exit codes of the pod's containers.</summary>
    [Field(2)]
    public partial PodFailurePolicyOnExitCodesRequirement? OnExitCodes { get; init; }

    /// <summary>Match if the pod carries at least one of these conditions. At most 20.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<PodFailurePolicyOnPodConditionsPattern> OnPodConditions { get; init; }
}
