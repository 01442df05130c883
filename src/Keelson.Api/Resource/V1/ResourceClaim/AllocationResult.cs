using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Devices allocated for a claim and where they can be used.</summary>
[ApiType("io.k8s.api.resource.v1.AllocationResult")]
public sealed partial record AllocationResult
{
    /// <summary>Devices that were allocated.</summary>
    [Field(1)]
    public partial DeviceAllocationResult Devices { get; init; }

    /// <summary>Nodes where the devices are available. If not set, all nodes.</summary>
    [Field(3)]
    public partial NodeSelector? NodeSelector { get; init; }

    /// <summary>When the devices were allocated.</summary>
    [Field(5)]
    public partial Time? AllocationTimestamp { get; init; }
}
