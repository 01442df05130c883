using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A port of a service.</summary>
[ApiType("io.k8s.api.core.v1.ServicePort")]
public sealed partial record ServicePort
{
    /// <summary>
    /// Name of the port, a DNS label unique within the service. Optional only if there is a single port.
    /// </summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>TCP, UDP or SCTP. Defaults to TCP.</summary>
    [Field(2, Default = "\"TCP\"", Enum = typeof(Protocol))]
    public partial string Protocol { get; init; }

    /// <summary>
    /// Hint on the application protocol: a registered IANA service name, one with the prefix kubernetes.io such as
    /// kubernetes.io/h2c, or a qualified name of an implementation.
    /// </summary>
    [Field(6)]
    public partial string? AppProtocol { get; init; }

    /// <summary>Port at which the service is reached, 1 to 65535. Required.</summary>
    [Field(3, Always = true, Required = true)]
    public partial int Port { get; init; }

    /// <summary>
    /// Number or name of the port on the pods. Defaults to the value of port. Ignored for headless services, where
    /// it should be absent or equal to port.
    /// </summary>
    [Field(4)]
    public partial IntOrString TargetPort { get; init; }

    /// <summary>
    /// Port of the nodes for types NodePort and LoadBalancer, by default from 30000 to 32767. Assigned
    /// automatically if not given; a taken port is rejected.
    /// </summary>
    [Field(5)]
    public partial int NodePort { get; init; }
}
