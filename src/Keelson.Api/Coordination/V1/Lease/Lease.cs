using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Coordination.V1;

/// <summary>Lock with an expiry, used for leader election and node heartbeats.</summary>
[ApiType("io.k8s.api.coordination.v1.Lease")]
[Kind(
    "coordination.k8s.io",
    "v1",
    "leases",
    Singular = "lease",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "leases")]
public sealed partial record Lease : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Holder and timing of the lease.</summary>
    [Field(2)]
    public partial LeaseSpec Spec { get; init; }
}
