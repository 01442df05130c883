using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Containers;

/// <summary>Who containers run as and what they may do: a container's own context over its pod's.</summary>
/// <param name="rootDirectory">The agent's directory.</param>
/// <param name="hasDefaultSeccomp">Whether who chooses no seccomp profile has the runtime's.</param>
internal sealed class SecurityContexts(string rootDirectory, bool hasDefaultSeccomp)
{
    private static readonly string[] Masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ];

    // What processors say of their heat tells of the load of others.
    private static readonly Lazy<string[]> Heat = new(static () =>
    [
        .. Directory.EnumerateDirectories("/sys/devices/system/cpu", "cpu*")
            .Where(static one => char.IsAsciiDigit(one[^1]))
            .Select(static one => one + "/thermal_throttle")
            .Where(Directory.Exists)
            .Order(StringComparer.Ordinal),
    ]);

    private static readonly string[] ReadOnly =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>The context of a container.</summary>
    public Proto.LinuxContainerSecurityContext Of(Pod pod, ContainerSpec one, ImageUser image, string targetId)
    {
        PodSecurityContext group = pod.Spec.SecurityContext ?? new PodSecurityContext();
        SecurityContext own = one.Container.SecurityContext ?? new SecurityContext();
        Proto.LinuxContainerSecurityContext security = new()
        {
            Privileged = own.Privileged == true,
            ReadonlyRootfs = own.ReadOnlyRootFilesystem == true,
            NoNewPrivs = own.AllowPrivilegeEscalation == false,
            NamespaceOptions = SandboxConfigs.Namespaces(pod),
            SelinuxOptions = Selinux(own.SeLinuxOptions ?? group.SeLinuxOptions),
            Seccomp = Seccomp(own.SeccompProfile ?? group.SeccompProfile),
            Apparmor = AppArmor(own.AppArmorProfile ?? group.AppArmorProfile),
        };
        if (own.Capabilities is { } capabilities)
        {
            security.Capabilities = new();
            security.Capabilities.AddCapabilities.AddRange(capabilities.Add);
            security.Capabilities.DropCapabilities.AddRange(capabilities.Drop);
        }

        if (targetId.Length > 0)
        {
            security.NamespaceOptions.Pid = Proto.NamespaceMode.Target;
            security.NamespaceOptions.TargetId = targetId;
        }

        AddUser(security, own.RunAsUser ?? group.RunAsUser, own.RunAsGroup ?? group.RunAsGroup, image);
        security.SupplementalGroups.AddRange(GroupsOf(group));
        security.SupplementalGroupsPolicy = group.SupplementalGroupsPolicy == "Strict"
            ? Proto.SupplementalGroupsPolicy.Strict
            : Proto.SupplementalGroupsPolicy.Merge;
        if (own.ProcMount != "Unmasked")
        {
            security.MaskedPaths.AddRange(Masked);
            security.MaskedPaths.AddRange(Heat.Value);
            security.ReadonlyPaths.AddRange(ReadOnly);
        }

        return security;
    }

    /// <summary>Why a container may not run as who it would; null when it may. In upstream's words.</summary>
    public static string? Refusal(Pod pod, ContainerSpec one, ImageUser image)
    {
        PodSecurityContext? group = pod.Spec.SecurityContext;
        SecurityContext? own = one.Container.SecurityContext;
        if ((own?.RunAsNonRoot ?? group?.RunAsNonRoot) != true)
        {
            return null;
        }

        string where = $"(pod: \"{PodNames.Text(pod)}\", container: {one.Name})";
        return (own?.RunAsUser ?? group?.RunAsUser, image.Uid) switch
        {
            (0, _) => "container's runAsUser breaks non-root policy " + where,
            ({ }, _) => null,
            (_, 0) => "container has runAsNonRoot and image will run as root " + where,
            (_, null) when image.Name.Length > 0 =>
                $"container has runAsNonRoot and image has non-numeric user ({image.Name}), "
                + "cannot verify user is non-root " + where,
            _ => null,
        };
    }

    /// <summary>The groups that all processes of a pod are in.</summary>
    public static IEnumerable<long> GroupsOf(PodSecurityContext group)
    {
        List<long> groups = [];
        if (group.FsGroup is { } volumes)
        {
            groups.Add(volumes);
        }

        groups.AddRange(group.SupplementalGroups);
        return groups;
    }

    /// <summary>Labels of SELinux.</summary>
    public static Proto.SELinuxOption? Selinux(SELinuxOptions? options) => options is null ? null : new()
    {
        User = options.User,
        Role = options.Role,
        Type = options.Type,
        Level = options.Level,
    };

    private static void AddUser(
        Proto.LinuxContainerSecurityContext security, long? user, long? group, ImageUser image)
    {
        if (user is { } wanted)
        {
            security.RunAsUser = new() { Value = wanted };
        }
        else if (image.Uid is { } uid)
        {
            security.RunAsUser = new() { Value = uid };
        }
        else
        {
            security.RunAsUsername = image.Name;
        }

        if (group is { } primary)
        {
            security.RunAsGroup = new() { Value = primary };
        }
    }

    private static Proto.SecurityProfile? AppArmor(AppArmorProfile? profile) => profile?.Type switch
    {
        null => null,
        AppArmorProfileType.Unconfined => Profile(Proto.SecurityProfile.Types.ProfileType.Unconfined),
        AppArmorProfileType.Localhost =>
            Profile(Proto.SecurityProfile.Types.ProfileType.Localhost, profile.LocalhostProfile ?? ""),
        _ => Profile(Proto.SecurityProfile.Types.ProfileType.RuntimeDefault),
    };

    private static Proto.SecurityProfile Profile(Proto.SecurityProfile.Types.ProfileType type, string file = "") =>
        new() { ProfileType = type, LocalhostRef = file };

    private Proto.SecurityProfile Seccomp(SeccompProfile? profile) => profile?.Type switch
    {
        SeccompProfileType.RuntimeDefault => Profile(Proto.SecurityProfile.Types.ProfileType.RuntimeDefault),
        SeccompProfileType.Localhost => Profile(
            Proto.SecurityProfile.Types.ProfileType.Localhost,
            Path.Combine(rootDirectory, "seccomp", profile.LocalhostProfile ?? "")),
        null when hasDefaultSeccomp => Profile(Proto.SecurityProfile.Types.ProfileType.RuntimeDefault),
        _ => Profile(Proto.SecurityProfile.Types.ProfileType.Unconfined),
    };
}

/// <summary>Who an image runs as.</summary>
/// <param name="Uid">The user's number; null when the image has a name or nothing.</param>
/// <param name="Name">The user's name; empty for none.</param>
internal readonly record struct ImageUser(long? Uid, string Name);
