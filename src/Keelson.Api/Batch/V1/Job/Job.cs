using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Batch.V1;

/// <summary>
/// Runs one or more pods until a given number of them finish successfully, retrying those that fail.
/// </summary>
[ApiType("io.k8s.api.batch.v1.Job")]
[Kind(
    "batch",
    "v1",
    "jobs",
    Singular = "job",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    Categories = "all",
    StoragePrefix = "jobs")]
public sealed partial record Job : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired behaviour: how many pods, how many successes, and how failures are treated.</summary>
    [Field(2)]
    public partial JobSpec Spec { get; init; }

    /// <summary>
    /// Observed state: counts of pods and, once finished, the outcome. Written by the controller.
    /// </summary>
    [Field(3)]
    public partial JobStatus Status { get; init; }
}
