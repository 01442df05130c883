using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>A stored pod blueprint that other objects can refer to.</summary>
[ApiType("io.k8s.api.core.v1.PodTemplate")]
[Kind(
    "",
    "v1",
    "podtemplates",
    Singular = "podtemplate",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "podtemplates")]
public sealed partial record PodTemplate : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The blueprint of the pod.</summary>
    [Field(2)]
    public partial PodTemplateSpec Template { get; init; }
}
