using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Core.V1;

/// <summary>
/// A group of one or more containers that run together on one node, sharing a network identity, volumes and a
/// lifecycle. It is the smallest unit that is scheduled.
/// </summary>
[ApiType("io.k8s.api.core.v1.Pod")]
[Kind(
    "",
    "v1",
    "pods",
    Singular = "pod",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "po",
    Categories = "all",
    StoragePrefix = "pods")]
public sealed partial record Pod : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// What the pod should look like: its containers, volumes and scheduling rules. Most of it is fixed after
    /// creation; container images, tolerations (additions), activeDeadlineSeconds and, through the resize
    /// subresource, CPU and memory can still change.
    /// </summary>
    [Field(2)]
    public partial PodSpec Spec { get; init; }

    /// <summary>
    /// What is known about the running pod, reported mainly by the kubelet of its node. It may lag behind reality
    /// and is changed through the status subresource only.
    /// </summary>
    [Field(3)]
    public partial PodStatus Status { get; init; }
}
