using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>
/// States how much storage a driver can still provide for a storage class in a part of the cluster.
/// </summary>
[ApiType("io.k8s.api.storage.v1.CSIStorageCapacity")]
[Kind(
    "storage.k8s.io",
    "v1",
    "csistoragecapacities",
    Singular = "csistoragecapacity",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "csistoragecapacities")]
public sealed partial record CSIStorageCapacity : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// Nodes that can reach the storage, by labels. If not set, none can; if empty, all. Immutable.
    /// </summary>
    [Field(2)]
    public partial LabelSelector? NodeTopology { get; init; }

    /// <summary>Storage class the figures are for. Immutable.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string StorageClassName { get; init; }

    /// <summary>Storage that is free. If not set, it is unknown.</summary>
    [Field(4)]
    public partial Quantity? Capacity { get; init; }

    /// <summary>
    /// Largest volume that can be created in this segment. If not set, capacity is the only guide.
    /// </summary>
    [Field(5)]
    public partial Quantity? MaximumVolumeSize { get; init; }
}
