using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Health of one device.</summary>
[ApiType("io.k8s.api.core.v1.ResourceHealth")]
public sealed partial record ResourceHealth
{
    /// <summary>
    /// Identity of the device, as assigned by the device plugin or DRA driver; unique over the node.
    /// </summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ResourceID")]
    public partial string ResourceID { get; init; }

    /// <summary>Healthy, Unhealthy or Unknown. Unknown also covers a plugin that has stopped reporting.</summary>
    [Field(2, GoType = "v1.ResourceHealthStatus")]
    public partial string Health { get; init; }

    /// <summary>Readable details about the health, provided by the driver.</summary>
    [Field(6)]
    public partial string? Message { get; init; }
}
