using Keelson.Api.Kinds;

namespace Keelson.Api.Discovery.V1;

/// <summary>Zone that should use an endpoint.</summary>
[ApiType("io.k8s.api.discovery.v1.ForZone")]
public sealed partial record ForZone
{
    /// <summary>Name of the zone.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }
}
