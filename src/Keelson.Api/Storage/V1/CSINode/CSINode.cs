using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Storage.V1;

/// <summary>
/// Lists the CSI drivers present on a node. Written by the kubelet; its name is that of the node.
/// </summary>
[ApiType("io.k8s.api.storage.v1.CSINode")]
[Kind(
    "storage.k8s.io",
    "v1",
    "csinodes",
    Singular = "csinode",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "csinodes")]
public sealed partial record CSINode : IObject
{
    /// <summary>Standard object metadata; the name must equal that of the node.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Drivers on the node.</summary>
    [Field(2, Always = true, Required = true)]
    public partial CSINodeSpec Spec { get; init; }
}
