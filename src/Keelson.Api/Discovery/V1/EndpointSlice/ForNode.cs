using Keelson.Api.Kinds;

namespace Keelson.Api.Discovery.V1;

/// <summary>Node that should use an endpoint.</summary>
[ApiType("io.k8s.api.discovery.v1.ForNode")]
public sealed partial record ForNode
{
    /// <summary>Name of the node.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }
}
