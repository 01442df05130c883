using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>Kind of storage on offer: how volumes of persistent volume claims are created.</summary>
[ApiType("io.k8s.api.storage.v1.StorageClass")]
[Kind(
    "storage.k8s.io",
    "v1",
    "storageclasses",
    Singular = "storageclass",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "sc",
    StoragePrefix = "storageclasses")]
public sealed partial record StorageClass : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Name of the driver that creates the volumes. Immutable.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Provisioner { get; init; }

    /// <summary>Settings for the provisioner, as names and values it understands. Immutable.</summary>
    [Field(3)]
    public partial ApiMap<string> Parameters { get; init; }

    /// <summary>
    /// What happens to a created volume once its claim is gone: Delete or Retain. Defaults to Delete; immutable.
    /// </summary>
    [Field(4, Enum = typeof(Keelson.Api.Core.V1.PersistentVolumeReclaimPolicy))]
    public partial string? ReclaimPolicy { get; init; }

    /// <summary>
    /// Mount options given to created volumes, such as ro. They are not checked; a mount fails if one is invalid.
    /// </summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<string> MountOptions { get; init; }

    /// <summary>Whether claims of this class may be enlarged afterwards.</summary>
    [Field(6)]
    public partial bool? AllowVolumeExpansion { get; init; }

    /// <summary>
    /// When claims are bound: Immediate, or WaitForFirstConsumer once a pod uses them. Defaults to Immediate;
    /// immutable.
    /// </summary>
    [Field(7, Enum = typeof(VolumeBindingMode))]
    public partial string? VolumeBindingMode { get; init; }

    /// <summary>Restricts where in the cluster volumes may be created; empty means anywhere.</summary>
    [Field(8, List = ListType.Atomic)]
    public partial ApiList<TopologySelectorTerm> AllowedTopologies { get; init; }
}
