using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Identities and software of a node.</summary>
[ApiType("io.k8s.api.core.v1.NodeSystemInfo")]
public sealed partial record NodeSystemInfo
{
    /// <summary>Identity of the installed system, from /etc/machine-id.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string MachineID { get; init; }

    /// <summary>Identity of the hardware, from the firmware.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string SystemUUID { get; init; }

    /// <summary>Identity of the current boot; changes with each one.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string BootID { get; init; }

    /// <summary>Version of the kernel, as given by uname.</summary>
    [Field(4, Always = true, Required = true)]
    public partial string KernelVersion { get; init; }

    /// <summary>Name of the operating system, from /etc/os-release.</summary>
    [Field(5, Always = true, Required = true)]
    public partial string OsImage { get; init; }

    /// <summary>Container runtime with version, for example containerd://2.1.0.</summary>
    [Field(6, Always = true, Required = true)]
    public partial string ContainerRuntimeVersion { get; init; }

    /// <summary>Version of the kubelet.</summary>
    [Field(7, Always = true, Required = true)]
    public partial string KubeletVersion { get; init; }

    /// <summary>Deprecated: version of kube-proxy.</summary>
    [Field(8, Always = true, Required = true)]
    public partial string KubeProxyVersion { get; init; }

    /// <summary>Operating system: linux or windows.</summary>
    [Field(9, Always = true, Required = true)]
    public partial string OperatingSystem { get; init; }

    /// <summary>Processor architecture, such as amd64 or arm64.</summary>
    [Field(10, Always = true, Required = true)]
    public partial string Architecture { get; init; }

    /// <summary>Swap space of the node.</summary>
    [Field(11)]
    public partial NodeSwapStatus? Swap { get; init; }
}
