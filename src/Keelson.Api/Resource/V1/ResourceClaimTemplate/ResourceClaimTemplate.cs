using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Resource.V1;

/// <summary>Template from which a claim is made for each pod that refers to it.</summary>
[ApiType("io.k8s.api.resource.v1.ResourceClaimTemplate")]
[Kind(
    "resource.k8s.io",
    "v1",
    "resourceclaimtemplates",
    Singular = "resourceclaimtemplate",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "resourceclaimtemplates")]
public sealed partial record ResourceClaimTemplate : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Contents of the claims. Immutable.</summary>
    [Field(2, Always = true, Required = true)]
    public partial ResourceClaimTemplateSpec Spec { get; init; }
}
