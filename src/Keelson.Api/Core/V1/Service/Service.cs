using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>A stable name and address for a set of pods, with rules on how traffic reaches them.</summary>
[ApiType("io.k8s.api.core.v1.Service")]
[Kind(
    "",
    "v1",
    "services",
    Singular = "service",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "svc",
    Categories = "all",
    StoragePrefix = "services/specs")]
public sealed partial record Service : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>How the service is addressed and which pods stand behind it.</summary>
    [Field(2)]
    public partial ServiceSpec Spec { get; init; }

    /// <summary>What is known about its load balancer, and conditions.</summary>
    [Field(3)]
    public partial ServiceStatus Status { get; init; }
}
