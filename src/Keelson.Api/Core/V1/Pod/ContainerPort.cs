using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A network port of a container.</summary>
[ApiType("io.k8s.api.core.v1.ContainerPort")]
public sealed partial record ContainerPort
{
    /// <summary>
    /// Name of the port, at most 15 characters and unique within the pod. Services and probes can refer to it.
    /// </summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>
    /// Port of the node that is forwarded to this one, 1 to 65535. With hostNetwork it must equal containerPort.
    /// Best avoided, as it limits where the pod can run.
    /// </summary>
    [Field(2)]
    public partial int HostPort { get; init; }

    /// <summary>Port on the address of the pod, 1 to 65535. Required.</summary>
    [Field(3, Json = "containerPort", Always = true, Required = true)]
    public partial int ContainerPortValue { get; init; }

    /// <summary>TCP, UDP or SCTP. Defaults to TCP.</summary>
    [Field(4, Default = "\"TCP\"", Enum = typeof(Protocol))]
    public partial string Protocol { get; init; }

    /// <summary>Address of the node the host port is bound to. All addresses when empty.</summary>
    [Field(5)]
    public partial string HostIP { get; init; }
}
