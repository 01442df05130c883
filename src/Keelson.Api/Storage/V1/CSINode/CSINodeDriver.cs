using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>One CSI driver on a node.</summary>
[ApiType("io.k8s.api.storage.v1.CSINodeDriver")]
public sealed partial record CSINodeDriver
{
    /// <summary>Name of the driver, as it reports itself.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Name of the node as the driver knows it.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string NodeID { get; init; }

    /// <summary>Node label keys that describe where the driver's volumes can be reached from.</summary>
    [Field(3, Always = true, List = ListType.Atomic)]
    public partial ApiList<string> TopologyKeys { get; init; }

    /// <summary>Limits on the volumes of this driver the node can hold.</summary>
    [Field(4)]
    public partial VolumeNodeResources? Allocatable { get; init; }
}
