using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Identity of the processes of a container.</summary>
[ApiType("io.k8s.api.core.v1.ContainerUser")]
public sealed partial record ContainerUser
{
    /// <summary>
    /// User and groups in the manner of Linux. They are those of the first process, which may change them later if
    /// it has the privilege.
    /// </summary>
    [Field(1)]
    public partial LinuxContainerUser? Linux { get; init; }
}
