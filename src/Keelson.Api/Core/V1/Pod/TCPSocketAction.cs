using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>An attempt to open a TCP connection. Being able to connect means success.</summary>
[ApiType("io.k8s.api.core.v1.TCPSocketAction")]
public sealed partial record TCPSocketAction
{
    /// <summary>Number (1 to 65535) or name of a port of the container. Required.</summary>
    [Field(1, Always = true, Required = true)]
    public partial IntOrString Port { get; init; }

    /// <summary>Host to connect to. Defaults to the address of the pod.</summary>
    [Field(2)]
    public partial string Host { get; init; }
}
