using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Node.V1;

/// <summary>Resources that running a pod costs beyond its containers.</summary>
[ApiType("io.k8s.api.node.v1.Overhead")]
public sealed partial record Overhead
{
    /// <summary>Fixed amounts per pod, by resource.</summary>
    [Field(1)]
    public partial ApiMap<Quantity> PodFixed { get; init; }
}
