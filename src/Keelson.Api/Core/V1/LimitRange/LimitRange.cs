using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>Bounds and defaults for the resources of single objects in a namespace.</summary>
[ApiType("io.k8s.api.core.v1.LimitRange")]
[Kind(
    "",
    "v1",
    "limitranges",
    Singular = "limitrange",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "limits",
    StoragePrefix = "limitranges")]
public sealed partial record LimitRange : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The bounds.</summary>
    [Field(2)]
    public partial LimitRangeSpec Spec { get; init; }
}
