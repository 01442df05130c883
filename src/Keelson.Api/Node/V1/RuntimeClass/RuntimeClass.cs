using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Node.V1;

/// <summary>
/// Names a configuration of the container runtime that pods can choose with runtimeClassName.
/// </summary>
[ApiType("io.k8s.api.node.v1.RuntimeClass")]
[Kind(
    "node.k8s.io",
    "v1",
    "runtimeclasses",
    Singular = "runtimeclass",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "runtimeclasses")]
public sealed partial record RuntimeClass : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Configuration name the container runtime on the nodes knows, a DNS label. Immutable.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Handler { get; init; }

    /// <summary>Extra resources per pod, added to its requests for scheduling and quota.</summary>
    [Field(3)]
    public partial Overhead? Overhead { get; init; }

    /// <summary>Nodes that support the class. If not set, all are assumed to.</summary>
    [Field(4)]
    public partial Scheduling? Scheduling { get; init; }
}
