using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>Configuration a class passes to a driver.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceClassConfiguration")]
public sealed partial record DeviceClassConfiguration
{
    /// <summary>Configuration a class passes to a driver.</summary>
    [Field(1, Inline = true)]
    public partial DeviceConfiguration DeviceConfiguration { get; init; }
}
