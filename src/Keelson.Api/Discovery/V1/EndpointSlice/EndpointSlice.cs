using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Discovery.V1;

/// <summary>
/// Part of the endpoints of a service; all slices of a service together make up its endpoints. The label
/// kubernetes.io/service-name names the service.
/// </summary>
[ApiType("io.k8s.api.discovery.v1.EndpointSlice")]
[Kind(
    "discovery.k8s.io",
    "v1",
    "endpointslices",
    Singular = "endpointslice",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "endpointslices")]
public sealed partial record EndpointSlice : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Kind of all addresses in the slice: IPv4, IPv6 or FQDN (deprecated). Immutable.</summary>
    [Field(4, Always = true, Required = true, GoType = "v1.AddressType")]
    public partial string AddressType { get; init; }

    /// <summary>The endpoints; at most 1000.</summary>
    [Field(2, Always = true, List = ListType.Atomic)]
    public partial ApiList<Endpoint> Endpoints { get; init; }

    /// <summary>Ports each endpoint offers; at most 100. If empty, no ports are defined.</summary>
    [Field(3, Always = true, List = ListType.Atomic)]
    public partial ApiList<EndpointPort> Ports { get; init; }
}
