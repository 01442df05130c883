using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// Confidential data in key value form. It is only encoded, and encrypted at rest only if the API server is
/// configured to do so.
/// </summary>
[ApiType("io.k8s.api.core.v1.Secret")]
[Kind(
    "",
    "v1",
    "secrets",
    Singular = "secret",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "secrets")]
public sealed partial record Secret : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// If true the data cannot change any more, and this field cannot be unset; only deletion remains. Defaults to
    /// false.
    /// </summary>
    [Field(5)]
    public partial bool? Immutable { get; init; }

    /// <summary>
    /// Values in base64. Keys consist of letters, digits, minus, underscore and dot. All data together is limited
    /// to 1 MiB.
    /// </summary>
    [Field(2)]
    public partial ApiMap<Bytes> Data { get; init; }

    /// <summary>
    /// Values as plain text, for convenience when writing. They are merged into data, winning over equal keys
    /// there, and never returned.
    /// </summary>
    [Field(4)]
    public partial ApiMap<string> StringData { get; init; }

    /// <summary>
    /// Purpose of the secret, which may prescribe keys, for example kubernetes.io/tls or
    /// kubernetes.io/dockerconfigjson. Defaults to Opaque; immutable.
    /// </summary>
    [Field(3, GoType = "v1.SecretType")]
    public partial string Type { get; init; }
}
