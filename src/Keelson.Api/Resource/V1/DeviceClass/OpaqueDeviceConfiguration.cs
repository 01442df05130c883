using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Parameters that only a driver understands.</summary>
[ApiType("io.k8s.api.resource.v1.OpaqueDeviceConfiguration")]
public sealed partial record OpaqueDeviceConfiguration
{
    /// <summary>Driver the parameters are for, a DNS subdomain.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Driver { get; init; }

    /// <summary>The parameters, usually an object with kind and apiVersion; at most 10 KiB.</summary>
    [Field(2, Always = true, Required = true)]
    public partial RawJson Parameters { get; init; }
}
