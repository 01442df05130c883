using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Storage.V1;

/// <summary>
/// Describes a CSI volume driver installed in the cluster, so that Kubernetes knows how to deal with it.
/// </summary>
[ApiType("io.k8s.api.storage.v1.CSIDriver")]
[Kind(
    "storage.k8s.io",
    "v1",
    "csidrivers",
    Singular = "csidriver",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "csidrivers")]
public sealed partial record CSIDriver : IObject
{
    /// <summary>Standard object metadata; the name is the one the driver reports, at most 63 characters.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Capabilities and wishes of the driver.</summary>
    [Field(2, Always = true, Required = true)]
    public partial CSIDriverSpec Spec { get; init; }
}
