using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

/// <summary>
/// Range of addresses that cluster IPs of services are taken from. Several can exist, so the supply can be extended
/// while the cluster runs.
/// </summary>
[ApiType("io.k8s.api.networking.v1.ServiceCIDR")]
[Kind(
    "networking.k8s.io",
    "v1",
    "servicecidrs",
    Singular = "servicecidr",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "servicecidrs")]
public sealed partial record ServiceCIDR : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The ranges.</summary>
    [Field(2)]
    public partial ServiceCIDRSpec Spec { get; init; }

    /// <summary>Observed state, written by the controller.</summary>
    [Field(3)]
    public partial ServiceCIDRStatus Status { get; init; }
}
