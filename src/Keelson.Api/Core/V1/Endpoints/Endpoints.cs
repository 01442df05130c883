using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated, use EndpointSlice: the addresses behind a service of the same name.</summary>
[ApiType("io.k8s.api.core.v1.Endpoints")]
[Kind(
    "",
    "v1",
    "endpoints",
    Singular = "endpoints",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "ep",
    StoragePrefix = "services/endpoints")]
public sealed partial record Endpoints : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// Groups of addresses with common ports. The endpoints are all combinations within each group.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<EndpointSubset> Subsets { get; init; }
}
