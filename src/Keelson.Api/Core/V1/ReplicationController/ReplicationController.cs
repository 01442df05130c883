using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>Keeps a number of equal pods running. Superseded by Deployment and ReplicaSet.</summary>
[ApiType("io.k8s.api.core.v1.ReplicationController")]
[Kind(
    "",
    "v1",
    "replicationcontrollers",
    Singular = "replicationcontroller",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "rc",
    Categories = "all",
    StoragePrefix = "controllers")]
public sealed partial record ReplicationController : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The wanted pods.</summary>
    [Field(2)]
    public partial ReplicationControllerSpec Spec { get; init; }

    /// <summary>The pods that exist.</summary>
    [Field(3)]
    public partial ReplicationControllerStatus Status { get; init; }
}
