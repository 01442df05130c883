using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Configuration data in key value form, not meant to be secret.</summary>
[ApiType("io.k8s.api.core.v1.ConfigMap")]
[Kind(
    "",
    "v1",
    "configmaps",
    Singular = "configmap",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "cm",
    StoragePrefix = "configmaps")]
public sealed partial record ConfigMap : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// If true the data cannot change any more, and this field cannot be unset; only deletion remains. Defaults to
    /// false.
    /// </summary>
    [Field(4)]
    public partial bool? Immutable { get; init; }

    /// <summary>
    /// Text values in UTF-8. Keys consist of letters, digits, minus, underscore and dot and must not occur in
    /// binaryData. All data together is limited to 1 MiB.
    /// </summary>
    [Field(2)]
    public partial ApiMap<string> Data { get; init; }

    /// <summary>Arbitrary bytes, in base64 in JSON. Keys must not occur in data.</summary>
    [Field(3)]
    public partial ApiMap<Bytes> BinaryData { get; init; }
}
