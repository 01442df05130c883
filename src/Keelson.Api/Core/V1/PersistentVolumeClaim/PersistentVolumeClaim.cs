using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>A request of a user for storage, which gets bound to a PersistentVolume.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeClaim")]
[Kind(
    "",
    "v1",
    "persistentvolumeclaims",
    Singular = "persistentvolumeclaim",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "pvc",
    StoragePrefix = "persistentvolumeclaims")]
public sealed partial record PersistentVolumeClaim : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// What storage is wanted. Most fields are fixed after creation; the requested size may grow if the storage
    /// class allows it.
    /// </summary>
    [Field(2)]
    public partial PersistentVolumeClaimSpec Spec { get; init; }

    /// <summary>What the claim has got.</summary>
    [Field(3)]
    public partial PersistentVolumeClaimStatus Status { get; init; }
}
