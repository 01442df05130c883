using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>
/// A piece of storage in the cluster, provided by an administrator or dynamically. Not namespaced.
/// </summary>
[ApiType("io.k8s.api.core.v1.PersistentVolume")]
[Kind(
    "",
    "v1",
    "persistentvolumes",
    Singular = "persistentvolume",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "pv",
    StoragePrefix = "persistentvolumes")]
public sealed partial record PersistentVolume : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>What the storage is and how it may be used.</summary>
    [Field(2)]
    public partial PersistentVolumeSpec Spec { get; init; }

    /// <summary>Its place in the life cycle.</summary>
    [Field(3)]
    public partial PersistentVolumeStatus Status { get; init; }
}
