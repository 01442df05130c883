using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>Configuration for a driver; exactly one field is set.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceConfiguration")]
public sealed partial record DeviceConfiguration
{
    /// <summary>Parameters that only the driver understands.</summary>
    [Field(1)]
    public partial OpaqueDeviceConfiguration? Opaque { get; init; }
}
