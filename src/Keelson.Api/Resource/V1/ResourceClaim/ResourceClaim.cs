using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Resource.V1;

/// <summary>Request for devices that pods can use, and their allocation.</summary>
[ApiType("io.k8s.api.resource.v1.ResourceClaim")]
[Kind(
    "resource.k8s.io",
    "v1",
    "resourceclaims",
    Singular = "resourceclaim",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "resourceclaims")]
public sealed partial record ResourceClaim : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Devices wanted. Immutable.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ResourceClaimSpec Spec { get; init; }

    /// <summary>Allocation and users of the devices.</summary>
    [Field(3)]
    public partial ResourceClaimStatus Status { get; init; }
}
