using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Amount of something a device has.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceCapacity")]
public sealed partial record DeviceCapacity
{
    /// <summary>How much there is, in total.</summary>
    [Field(1, Always = true, Required = true)]
    public partial Quantity Value { get; init; }

    /// <summary>How it may be requested, if the device can be shared.</summary>
    [Field(2)]
    public partial CapacityRequestPolicy? RequestPolicy { get; init; }
}
