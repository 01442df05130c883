using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

/// <summary>
/// Keeps a given number of pods with the same template running. Normally created and managed by a Deployment rather
/// than by hand.
/// </summary>
[ApiType("io.k8s.api.apps.v1.ReplicaSet")]
[Kind(
    "apps",
    "v1",
    "replicasets",
    Singular = "replicaset",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "rs",
    Categories = "all",
    StoragePrefix = "replicasets")]
public sealed partial record ReplicaSet : IObject
{
    /// <summary>Standard object metadata. If no labels are given, those of the pod template are used.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired state: number of pods, selector and template.</summary>
    [Field(2)]
    public partial ReplicaSetSpec Spec { get; init; }

    /// <summary>
    /// Most recently observed state, written by the controller; it may lag slightly behind. Read-only for users.
    /// </summary>
    [Field(3)]
    public partial ReplicaSetStatus Status { get; init; }
}
