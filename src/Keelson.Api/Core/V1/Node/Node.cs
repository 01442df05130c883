using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>A machine that runs pods. Not namespaced; usually registered by its kubelet.</summary>
[ApiType("io.k8s.api.core.v1.Node")]
[Kind(
    "",
    "v1",
    "nodes",
    Singular = "node",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "no",
    StoragePrefix = "minions")]
public sealed partial record Node : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Settings for the node, such as taints and pod address ranges.</summary>
    [Field(2)]
    public partial NodeSpec Spec { get; init; }

    /// <summary>What the kubelet and controllers report about the node.</summary>
    [Field(3)]
    public partial NodeStatus Status { get; init; }
}
