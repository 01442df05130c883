using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// Security settings for all containers of a pod. Fields marked as Linux only must be absent if spec.os.name is
/// windows.
/// </summary>
[ApiType("io.k8s.api.core.v1.PodSecurityContext")]
public sealed partial record PodSecurityContext
{
    /// <summary>
    /// SELinux label for all containers. If absent the runtime picks one at random per container. Linux only.
    /// </summary>
    [Field(1)]
    public partial SELinuxOptions? SeLinuxOptions { get; init; }

    /// <summary>Settings that apply to Windows. Must be absent if spec.os.name is linux.</summary>
    [Field(8)]
    public partial WindowsSecurityContextOptions? WindowsOptions { get; init; }

    /// <summary>Numeric user id of the first process. Defaults to the user of the image. Linux only.</summary>
    [Field(2)]
    public partial long? RunAsUser { get; init; }

    /// <summary>
    /// Numeric id of the primary group of the first process. Defaults to that of the runtime. Linux only.
    /// </summary>
    [Field(6)]
    public partial long? RunAsGroup { get; init; }

    /// <summary>If true the kubelet refuses to start containers that would run as user 0.</summary>
    [Field(3)]
    public partial bool? RunAsNonRoot { get; init; }

    /// <summary>
    /// Further groups of the first process of every container, in addition to the primary group and fsGroup. Linux
    /// only.
    /// </summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<long> SupplementalGroups { get; init; }

    /// <summary>
    /// Whether the groups listed in the image for the user are added: Merge (the default) adds them, Strict does
    /// not. Linux only.
    /// </summary>
    [Field(12, Enum = typeof(SupplementalGroupsPolicy))]
    public partial string? SupplementalGroupsPolicy { get; init; }

    /// <summary>
    /// Group that owns the volumes that support it: files get that group, new files inherit it, and the group may
    /// read and write. Linux only.
    /// </summary>
    [Field(5)]
    public partial long? FsGroup { get; init; }

    /// <summary>
    /// Kernel parameters set in the namespaces of the pod. Unsafe ones must be permitted on the node. Linux only.
    /// </summary>
    [Field(7, List = ListType.Atomic)]
    public partial ApiList<Sysctl> Sysctls { get; init; }

    /// <summary>
    /// When ownership of a volume is changed for fsGroup: Always (the default), or OnRootMismatch, only if its root
    /// does not fit yet, which speeds up the start. Linux only.
    /// </summary>
    [Field(9, Enum = typeof(PodFSGroupChangePolicy))]
    public partial string? FsGroupChangePolicy { get; init; }

    /// <summary>Seccomp profile for all containers. Linux only.</summary>
    [Field(10)]
    public partial SeccompProfile? SeccompProfile { get; init; }

    /// <summary>AppArmor profile for all containers. Linux only.</summary>
    [Field(11)]
    public partial AppArmorProfile? AppArmorProfile { get; init; }

    /// <summary>
    /// How volumes get the SELinux label of the pod: Recursive relabels every file, MountOption mounts with the
    /// label and is fast but prevents sharing between pods with different labels. Linux only.
    /// </summary>
    [Field(13, GoType = "v1.PodSELinuxChangePolicy")]
    public partial string? SeLinuxChangePolicy { get; init; }
}
