using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>A scope for names of objects, used to divide a cluster among users.</summary>
[ApiType("io.k8s.api.core.v1.Namespace")]
[Kind(
    "",
    "v1",
    "namespaces",
    Singular = "namespace",
    Verbs = "create,delete,get,list,patch,update,watch",
    ShortNames = "ns",
    StoragePrefix = "namespaces")]
public sealed partial record Namespace : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Settings of the namespace.</summary>
    [Field(2)]
    public partial NamespaceSpec Spec { get; init; }

    /// <summary>Its place in the life cycle.</summary>
    [Field(3)]
    public partial NamespaceStatus Status { get; init; }
}
