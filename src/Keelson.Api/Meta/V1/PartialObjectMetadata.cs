using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>An object reduced to its metadata.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata")]
[Kind("meta.k8s.io", "v1", "", Singular = "", Namespaced = true, Verbs = "")]
public sealed partial record PartialObjectMetadata : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }
}
