using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Swap space of a node.</summary>
[ApiType("io.k8s.api.core.v1.NodeSwapStatus")]
public sealed partial record NodeSwapStatus
{
    /// <summary>Total swap space in bytes.</summary>
    [Field(1)]
    public partial long? Capacity { get; init; }
}
