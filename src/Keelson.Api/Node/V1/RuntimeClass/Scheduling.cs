using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Node.V1;

/// <summary>Restricts pods of a runtime class to suitable nodes.</summary>
[ApiType("io.k8s.api.node.v1.Scheduling")]
public sealed partial record Scheduling
{
    /// <summary>Labels a node must have, merged with the pod's own selector; a conflict rejects the pod.</summary>
    [Field(1, Atomic = true)]
    public partial ApiMap<string> NodeSelector { get; init; }

    /// <summary>Tolerations added to pods of the class.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<Toleration> Tolerations { get; init; }
}
