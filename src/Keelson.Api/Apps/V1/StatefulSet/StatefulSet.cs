using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

/// <summary>
/// Runs pods with a lasting identity: each has a fixed ordinal, a stable DNS name and its own storage, all of which
/// survive rescheduling.
/// </summary>
[ApiType("io.k8s.api.apps.v1.StatefulSet")]
[Kind(
    "apps",
    "v1",
    "statefulsets",
    Singular = "statefulset",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "sts",
    Categories = "all",
    StoragePrefix = "statefulsets")]
public sealed partial record StatefulSet : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired identities, pod template and storage of the set.</summary>
    [Field(2)]
    public partial StatefulSetSpec Spec { get; init; }

    /// <summary>Observed state as last reported by the controller. It may lag slightly behind reality.</summary>
    [Field(3)]
    public partial StatefulSetStatus Status { get; init; }
}
