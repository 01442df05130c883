using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Security settings of one container; they override those of the pod.</summary>
[ApiType("io.k8s.api.core.v1.SecurityContext")]
public sealed partial record SecurityContext
{
    /// <summary>Kernel capabilities to add or drop. Defaults to the set of the runtime. Linux only.</summary>
    [Field(1)]
    public partial Capabilities? Capabilities { get; init; }

    /// <summary>
    /// Runs the container with practically all rights of root on the node. Defaults to false. Linux only.
    /// </summary>
    [Field(2)]
    public partial bool? Privileged { get; init; }

    /// <summary>SELinux label of the container. Linux only.</summary>
    [Field(3)]
    public partial SELinuxOptions? SeLinuxOptions { get; init; }

    /// <summary>Settings that apply to Windows only.</summary>
    [Field(10)]
    public partial WindowsSecurityContextOptions? WindowsOptions { get; init; }

    /// <summary>Numeric user id of the first process. Defaults to the user of the image. Linux only.</summary>
    [Field(4)]
    public partial long? RunAsUser { get; init; }

    /// <summary>Numeric id of the primary group of the first process. Linux only.</summary>
    [Field(8)]
    public partial long? RunAsGroup { get; init; }

    /// <summary>If true the kubelet refuses to start the container if it would run as user 0.</summary>
    [Field(5)]
    public partial bool? RunAsNonRoot { get; init; }

    /// <summary>Mounts the root file system of the container read only. Defaults to false. Linux only.</summary>
    [Field(6)]
    public partial bool? ReadOnlyRootFilesystem { get; init; }

    /// <summary>
    /// Whether a process may gain more rights than its parent; false sets no_new_privs. Always true if the
    /// container is privileged or has CAP_SYS_ADMIN. Linux only.
    /// </summary>
    [Field(7)]
    public partial bool? AllowPrivilegeEscalation { get; init; }

    /// <summary>
    /// How /proc is mounted: Default hides and protects some paths, Unmasked does not and needs hostUsers false.
    /// Linux only.
    /// </summary>
    [Field(9, Enum = typeof(ProcMountType))]
    public partial string? ProcMount { get; init; }

    /// <summary>Seccomp profile of the container. Linux only.</summary>
    [Field(11)]
    public partial SeccompProfile? SeccompProfile { get; init; }

    /// <summary>AppArmor profile of the container. Linux only.</summary>
    [Field(12)]
    public partial AppArmorProfile? AppArmorProfile { get; init; }
}
