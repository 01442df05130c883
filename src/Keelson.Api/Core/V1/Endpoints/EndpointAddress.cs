using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>One address of a service.</summary>
[ApiType("io.k8s.api.core.v1.EndpointAddress", Atomic = true)]
public sealed partial record EndpointAddress
{
    /// <summary>The address; not loopback, link-local or multicast.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Ip { get; init; }

    /// <summary>Host name of the endpoint.</summary>
    [Field(3)]
    public partial string Hostname { get; init; }

    /// <summary>Node the endpoint runs on.</summary>
    [Field(4)]
    public partial string? NodeName { get; init; }

    /// <summary>Object behind the address, usually a pod.</summary>
    [Field(2)]
    public partial ObjectReference? TargetRef { get; init; }
}
