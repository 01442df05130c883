using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>
/// Frozen snapshot of a workload's template, which the DaemonSet and StatefulSet controllers keep to perform
/// rolling updates and rollbacks. It is internal bookkeeping of those controllers; other clients should not rely on
/// its format.
/// </summary>
[ApiType("io.k8s.api.apps.v1.ControllerRevision")]
[Kind(
    "apps",
    "v1",
    "controllerrevisions",
    Singular = "controllerrevision",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "controllerrevisions")]
public sealed partial record ControllerRevision : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Serialized state of this revision. It cannot be changed once the object exists.</summary>
    [Field(2)]
    public partial RawJson Data { get; init; }

    /// <summary>
    /// Sequence number of the revision; a higher number is a later one. A controller raises it when an old revision
    /// becomes current again.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public partial long Revision { get; init; }
}
