using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

/// <summary>
/// Runs one copy of a pod on every node, or on every node its pod template selects. Pods appear when nodes join and
/// go away when nodes leave.
/// </summary>
[ApiType("io.k8s.api.apps.v1.DaemonSet")]
[Kind(
    "apps",
    "v1",
    "daemonsets",
    Singular = "daemonset",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "ds",
    Categories = "all",
    StoragePrefix = "daemonsets")]
public sealed partial record DaemonSet : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// Desired behaviour of the daemon set: which pods it owns, their template, and how updates roll out.
    /// </summary>
    [Field(2)]
    public partial DaemonSetSpec Spec { get; init; }

    /// <summary>
    /// Observed state as last reported by the controller. It may lag slightly behind reality; users do not set it.
    /// </summary>
    [Field(3)]
    public partial DaemonSetStatus Status { get; init; }
}
