using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Request for devices; exactly one of exactly and firstAvailable is set.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceRequest")]
public sealed partial record DeviceRequest
{
    /// <summary>Name of the request, a DNS label, by which pods and constraints refer to it.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>One definite request.</summary>
    [Field(2)]
    public partial ExactDeviceRequest? Exactly { get; init; }

    /// <summary>Alternatives, preferred first; the first that can be fulfilled is used. At most 8.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<DeviceSubRequest> FirstAvailable { get; init; }
}
