using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Policy.V1;

/// <summary>
/// Limits how many pods of an application may be taken down at once by voluntary disruptions such as a node drain.
/// </summary>
[ApiType("io.k8s.api.policy.v1.PodDisruptionBudget")]
[Kind(
    "policy",
    "v1",
    "poddisruptionbudgets",
    Singular = "poddisruptionbudget",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "pdb",
    StoragePrefix = "poddisruptionbudgets")]
public sealed partial record PodDisruptionBudget : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Pods covered and how many must stay up.</summary>
    [Field(2)]
    public partial PodDisruptionBudgetSpec Spec { get; init; }

    /// <summary>Observed state of the budget.</summary>
    [Field(3)]
    public partial PodDisruptionBudgetStatus Status { get; init; }
}
