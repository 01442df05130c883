using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Queues in which requests wait.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.QueuingConfiguration")]
public sealed partial record QueuingConfiguration
{
    /// <summary>
    /// Number of queues; at least 1. More make flows less likely to disturb each other. Defaults to 64.
    /// </summary>
    [Field(1, Always = true)]
    public partial int Queues { get; init; }

    /// <summary>How many queues each flow is dealt; must not exceed queues. Defaults to 8.</summary>
    [Field(2, Always = true)]
    public partial int HandSize { get; init; }

    /// <summary>How many requests may wait in one queue; further ones are rejected. Defaults to 50.</summary>
    [Field(3, Always = true)]
    public partial int QueueLengthLimit { get; init; }
}
