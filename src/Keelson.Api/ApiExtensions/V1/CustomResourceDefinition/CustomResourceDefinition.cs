using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Adds a new kind of resource to the API. Its name must be plural.group.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition")]
[Kind(
    "apiextensions.k8s.io",
    "v1",
    "customresourcedefinitions",
    Singular = "customresourcedefinition",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "crd,crds",
    Categories = "api-extensions",
    StoragePrefix = "apiextensions.k8s.io/customresourcedefinitions")]
public sealed partial record CustomResourceDefinition : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Names, scope and versions of the resource.</summary>
    [Field(2, Always = true, Required = true)]
    public partial CustomResourceDefinitionSpec Spec { get; init; }

    /// <summary>Observed state, such as whether the names were accepted.</summary>
    [Field(3)]
    public partial CustomResourceDefinitionStatus Status { get; init; }
}
