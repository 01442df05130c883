using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Discovery.V1;

/// <summary>Consumers an endpoint is intended for.</summary>
[ApiType("io.k8s.api.discovery.v1.EndpointHints")]
public sealed partial record EndpointHints
{
    /// <summary>Zones whose traffic should use this endpoint; at most 8.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<ForZone> ForZones { get; init; }

    /// <summary>Nodes whose traffic should use this endpoint; at most 8.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<ForNode> ForNodes { get; init; }
}
