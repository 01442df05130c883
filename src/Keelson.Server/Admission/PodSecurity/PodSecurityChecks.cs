using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PodSecurity;

/// <summary>What a check has against a pod.</summary>
internal sealed record PodSecurityViolation(string Reason, string Detail);

/// <summary>The checks of the levels, in upstream's order and with its texts.</summary>
internal static class PodSecurityChecks
{
    private static readonly string[] _sysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
    ];

    private static readonly string[] _sysctlsOf29 =
    [
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ];

    private static readonly string[] _capabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    /// <summary>All that a level has against a pod.</summary>
    public static List<PodSecurityViolation> Evaluate(LeveledVersion policy, ApiMap<string> annotations, PodSpec spec)
    {
        if (policy.Level == PodSecurityLevel.Privileged)
        {
            return [];
        }

        SecuredPod pod = new(annotations, spec, policy.Minor);
        bool restricted = policy.Level == PodSecurityLevel.Restricted;
        PodSecurityViolation?[] found =
        [
            AppArmor(pod),
            restricted && pod.Minor >= 22 ? null : AddedCapabilities(pod),
            HostNamespaces(pod),
            restricted ? null : HostPaths(pod),
            HostPorts(pod),
            pod.Minor >= 34 ? HandlerHosts(pod) : null,
            Privileged(pod),
            ProcMount(pod),
            SeLinux(pod),
            restricted && pod.Minor >= 19 ? null : pod.Minor < 19 ? SeccompAnnotations(pod) : Seccomp(pod, false),
            Sysctls(pod),
            HostProcess(pod),
            .. restricted ? Restricted(pod) : [],
        ];
        return [.. found.OfType<PodSecurityViolation>()];
    }

    private static PodSecurityViolation?[] Restricted(SecuredPod pod) =>
    [
        pod.Minor >= 8 && !pod.ExcusedAsWindows ? Escalation(pod) : null,
        pod.Minor >= 22 && !pod.ExcusedAsWindows ? RestrictedCapabilities(pod) : null,
        RestrictedVolumes(pod),
        pod.ExcusedByUserNamespace ? null : RunAsNonRoot(pod),
        pod.Minor >= 23 && !pod.ExcusedByUserNamespace ? RunAsRoot(pod) : null,
        pod.Minor >= 19 && !pod.ExcusedAsWindows ? Seccomp(pod, true) : null,
    ];

    private static PodSecurityViolation? AppArmor(SecuredPod pod)
    {
        SortedSet<string> values = new(StringComparer.Ordinal);
        bool Bad(AppArmorProfile? profile) =>
            profile is { Type: not ("RuntimeDefault" or "Localhost" or "") } && (values.Add(profile.Type) || true);
        List<string> setters = Setters(
            Bad(pod.Security?.AppArmorProfile), pod.Named(one => Bad(one.Security?.AppArmorProfile)));
        List<string> annotations = [];
        foreach ((string key, string value) in pod.Annotations)
        {
            if (key.StartsWith("container.apparmor.security.beta.kubernetes.io/", StringComparison.Ordinal)
                && value is not ("" or "runtime/default") && !value.StartsWith("localhost/", StringComparison.Ordinal))
            {
                annotations.Add($"{key}={FieldErrors.Quote(value)}");
            }
        }

        // Annotations come as they are among the values, and all as one of those that set them.
        List<string> forbidden = [.. values, .. annotations.Order(StringComparer.Ordinal)];
        if (annotations.Count > 0)
        {
            setters.Add(Plural("annotation", annotations.Count));
        }

        return setters.Count == 0 ? null : new(
            Plural("forbidden AppArmor profile", forbidden.Count),
            $"{string.Join(" and ", setters)} must not set AppArmor profile type to {Quote(forbidden)}");
    }

    private static PodSecurityViolation? AddedCapabilities(SecuredPod pod)
    {
        SortedSet<string> values = new(StringComparer.Ordinal);
        List<string> bad = pod.Named(one => Collect(
            values, one.Security?.Capabilities?.Add.Where(name => !_capabilities.Contains(name)) ?? []));
        return bad.Count == 0 ? null : new(
            "non-default capabilities",
            $"{Containers(bad)} must not include {Quote(values)} in securityContext.capabilities.add");
    }

    private static PodSecurityViolation? HostNamespaces(SecuredPod pod)
    {
        List<string> used = [];
        if (pod.Spec.HostNetwork)
        {
            used.Add("hostNetwork=true");
        }

        if (pod.Spec.HostPID)
        {
            used.Add("hostPID=true");
        }

        if (pod.Spec.HostIPC)
        {
            used.Add("hostIPC=true");
        }

        return used.Count == 0 ? null : new("host namespaces", string.Join(", ", used));
    }

    private static PodSecurityViolation? HostPaths(SecuredPod pod)
    {
        List<string> names =
            [.. pod.Spec.Volumes.Where(one => one.VolumeSource.HostPath is not null).Select(one => one.Name)];
        return names.Count == 0 ? null : new("hostPath volumes", $"{Plural("volume", names.Count)} {Quote(names)}");
    }

    private static PodSecurityViolation? HostPorts(SecuredPod pod)
    {
        SortedSet<string> ports = new(StringComparer.Ordinal);
        List<string> bad = pod.Named(one => Collect(
            ports,
            one.Ports.Where(port => port.HostPort != 0)
                .Select(port => port.HostPort.ToString(CultureInfo.InvariantCulture))));
        return bad.Count == 0 ? null : new(
            "hostPort",
            $"{Containers(bad)} {Use(bad.Count)} {Plural("hostPort", ports.Count)} {string.Join(", ", ports)}");
    }

    private static PodSecurityViolation? HandlerHosts(SecuredPod pod)
    {
        SortedSet<string> hosts = new(StringComparer.Ordinal);
        SortedSet<string> bad = new(StringComparer.Ordinal);
        bad.UnionWith(pod.Named(one => Collect(
            hosts,
            one.Probes.SelectMany(probe => Hosts(probe?.ProbeHandler.HttpGet, probe?.ProbeHandler.TcpSocket))
                .Concat(Hosts(one.Lifecycle?.PostStart?.HttpGet, one.Lifecycle?.PostStart?.TcpSocket))
                .Concat(Hosts(one.Lifecycle?.PreStop?.HttpGet, one.Lifecycle?.PreStop?.TcpSocket)))));
        return bad.Count == 0 ? null : new(
            "probe or lifecycle host",
            $"{Containers(bad)} {Use(bad.Count)} {Plural("probe or lifecycle host", hosts.Count)} {Quote(hosts)}");
    }

    private static IEnumerable<string> Hosts(HTTPGetAction? get, TCPSocketAction? socket) =>
        new[] { get?.Host, socket?.Host }.OfType<string>().Where(host => host.Length > 0);

    private static PodSecurityViolation? Privileged(SecuredPod pod)
    {
        List<string> bad = pod.Named(one => one.Security?.Privileged == true);
        return bad.Count == 0 ? null
            : new("privileged", $"{Containers(bad)} must not set securityContext.privileged=true");
    }

    private static PodSecurityViolation? ProcMount(SecuredPod pod)
    {
        SortedSet<string> values = new(StringComparer.Ordinal);
        List<string> bad = pod.ExcusedByUserNamespace ? [] : pod.Named(one => Collect(
            values, one.Security?.ProcMount is { } mount and not ProcMountType.Default ? [mount] : []));
        return bad.Count == 0 ? null
            : new("procMount", $"{Containers(bad)} must not set securityContext.procMount to {Quote(values)}");
    }

    private static PodSecurityViolation? SeLinux(SecuredPod pod)
    {
        SortedSet<string> types = new(StringComparer.Ordinal);
        bool user = false;
        bool role = false;
        bool Bad(SELinuxOptions? options)
        {
            if (options is null)
            {
                return false;
            }

            bool type = options.Type is not ("" or "container_t" or "container_init_t" or "container_kvm_t")
                && !(options.Type == "container_engine_t" && pod.Minor >= 31);
            if (type)
            {
                types.Add(options.Type);
            }

            user |= options.User.Length > 0;
            role |= options.Role.Length > 0;
            return type || options.User.Length > 0 || options.Role.Length > 0;
        }

        List<string> setters = Setters(
            Bad(pod.Security?.SeLinuxOptions), pod.Named(one => Bad(one.Security?.SeLinuxOptions)));
        List<string> data = [];
        if (types.Count > 0)
        {
            data.Add($"{Plural("type", types.Count)} {Quote(types)}");
        }

        if (user)
        {
            data.Add("user may not be set");
        }

        if (role)
        {
            data.Add("role may not be set");
        }

        return setters.Count == 0 ? null : new(
            "seLinuxOptions",
            $"{string.Join(" and ", setters)} set forbidden securityContext.seLinuxOptions: {string.Join("; ", data)}");
    }

    private static PodSecurityViolation? SeccompAnnotations(SecuredPod pod)
    {
        SortedSet<string> bad = new(StringComparer.Ordinal);
        IEnumerable<string> keys = pod.Containers
            .Select(one => "container.seccomp.security.alpha.kubernetes.io/" + one.Name)
            .Append("seccomp.security.alpha.kubernetes.io/pod");
        foreach (string key in keys)
        {
            if (pod.Annotations.TryGetValue(key, out string? value)
                && value is not ("runtime/default" or "docker/default")
                && !value.StartsWith("localhost/", StringComparison.Ordinal))
            {
                bad.Add($"{key}={FieldErrors.Quote(value)}");
            }
        }

        return bad.Count == 0 ? null
            : new("seccompProfile", $"forbidden {Plural("annotation", bad.Count)} {string.Join(", ", bad)}");
    }

    private static PodSecurityViolation? Seccomp(SecuredPod pod, bool required)
    {
        SortedSet<string> values = new(StringComparer.Ordinal);
        bool Bad(SeccompProfile? profile) =>
            profile is { Type: not ("RuntimeDefault" or "Localhost") } && (values.Add(profile.Type) || true);
        bool podBad = Bad(pod.Security?.SeccompProfile);
        List<string> setters = Setters(podBad, pod.Named(one => Bad(one.Security?.SeccompProfile)));
        if (setters.Count > 0)
        {
            return new(
                "seccompProfile",
                $"{string.Join(" and ", setters)} must not set securityContext.seccompProfile.type to {Quote(values)}");
        }

        List<string> missing = required && pod.Security?.SeccompProfile is null
            ? pod.Named(one => one.Security?.SeccompProfile is null) : [];
        return missing.Count == 0 ? null : new(
            "seccompProfile",
            $"pod or {Containers(missing)} must set securityContext.seccompProfile.type to "
            + "\"RuntimeDefault\" or \"Localhost\"");
    }

    private static PodSecurityViolation? Sysctls(SecuredPod pod)
    {
        List<string> bad = [.. (pod.Security?.Sysctls ?? default).Select(one => one.Name).Where(name =>
            !(_sysctls.Contains(name)
                || (pod.Minor >= 27 && name == "net.ipv4.ip_local_reserved_ports")
                || (pod.Minor >= 29 && _sysctlsOf29.Contains(name))
                || (pod.Minor >= 32 && (name is "net.ipv4.tcp_rmem" or "net.ipv4.tcp_wmem"))))];
        return bad.Count == 0 ? null : new("forbidden sysctls", string.Join(", ", bad));
    }

    private static PodSecurityViolation? HostProcess(SecuredPod pod)
    {
        List<string> setters = Setters(
            pod.Security?.WindowsOptions?.HostProcess == true,
            pod.Named(one => one.Security?.WindowsOptions?.HostProcess == true));
        return setters.Count == 0 ? null : new(
            "hostProcess",
            $"{string.Join(" and ", setters)} must not set securityContext.windowsOptions.hostProcess=true");
    }

    private static PodSecurityViolation? Escalation(SecuredPod pod)
    {
        List<string> bad = pod.Named(one => one.Security?.AllowPrivilegeEscalation != false);
        return bad.Count == 0 ? null : new(
            "allowPrivilegeEscalation != false",
            $"{Containers(bad)} must set securityContext.allowPrivilegeEscalation=false");
    }

    private static PodSecurityViolation? RestrictedCapabilities(SecuredPod pod)
    {
        SortedSet<string> values = new(StringComparer.Ordinal);
        List<string> keeping = pod.Named(one => one.Security?.Capabilities?.Drop.Contains("ALL") != true);
        List<string> adding = pod.Named(one => Collect(
            values, one.Security?.Capabilities?.Add.Where(name => name != "NET_BIND_SERVICE") ?? []));
        List<string> details = [];
        if (keeping.Count > 0)
        {
            details.Add($"{Containers(keeping)} must set securityContext.capabilities.drop=[\"ALL\"]");
        }

        if (adding.Count > 0)
        {
            details.Add($"{Containers(adding)} must not include {Quote(values)} in securityContext.capabilities.add");
        }

        return details.Count == 0 ? null : new("unrestricted capabilities", string.Join("; ", details));
    }

    private static PodSecurityViolation? RestrictedVolumes(SecuredPod pod)
    {
        List<string> names = [];
        SortedSet<string> types = new(StringComparer.Ordinal);
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (RestrictedType(volume.VolumeSource) is { } type)
            {
                names.Add(volume.Name);
                types.Add(type);
            }
        }

        return names.Count == 0 ? null : new(
            "restricted volume types",
            $"{Plural("volume", names.Count)} {Quote(names)} {Use(names.Count)} "
            + $"restricted volume {Plural("type", types.Count)} {Quote(types)}");
    }

    private static string? RestrictedType(VolumeSource source) => source switch
    {
        { ConfigMap: not null } or { Csi: not null } or { DownwardAPI: not null } or { EmptyDir: not null }
            or { Ephemeral: not null } or { PersistentVolumeClaim: not null } or { Projected: not null }
            or { Secret: not null } or { Image: not null } => null,
        { HostPath: not null } => "hostPath",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { GitRepo: not null } => "gitRepo",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Glusterfs: not null } => "glusterfs",
        { Rbd: not null } => "rbd",
        { FlexVolume: not null } => "flexVolume",
        { Cinder: not null } => "cinder",
        { Cephfs: not null } => "cephfs",
        { Flocker: not null } => "flocker",
        { Fc: not null } => "fc",
        { AzureFile: not null } => "azureFile",
        { VsphereVolume: not null } => "vsphereVolume",
        { Quobyte: not null } => "quobyte",
        { AzureDisk: not null } => "azureDisk",
        { PhotonPersistentDisk: not null } => "photonPersistentDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        _ => "unknown",
    };

    private static PodSecurityViolation? RunAsNonRoot(SecuredPod pod)
    {
        List<string> setters = Setters(
            pod.Security?.RunAsNonRoot == false, pod.Named(one => one.Security?.RunAsNonRoot == false));
        if (setters.Count > 0)
        {
            return new(
                "runAsNonRoot != true",
                $"{string.Join(" and ", setters)} must not set securityContext.runAsNonRoot=false");
        }

        List<string> missing = pod.Security?.RunAsNonRoot == true ? []
            : pod.Named(one => one.Security?.RunAsNonRoot is null);
        return missing.Count == 0 ? null : new(
            "runAsNonRoot != true", $"pod or {Containers(missing)} must set securityContext.runAsNonRoot=true");
    }

    private static PodSecurityViolation? RunAsRoot(SecuredPod pod)
    {
        List<string> setters = Setters(pod.Security?.RunAsUser == 0, pod.Named(one => one.Security?.RunAsUser == 0));
        return setters.Count == 0 ? null
            : new("runAsUser=0", $"{string.Join(" and ", setters)} must not set runAsUser=0");
    }

    private static bool Collect(SortedSet<string> all, IEnumerable<string> found)
    {
        bool any = false;
        foreach (string one in found)
        {
            all.Add(one);
            any = true;
        }

        return any;
    }

    private static List<string> Setters(bool pod, List<string> containers)
    {
        List<string> setters = pod ? ["pod"] : [];
        if (containers.Count > 0)
        {
            setters.Add(Containers(containers));
        }

        return setters;
    }

    private static string Containers(IReadOnlyCollection<string> names) =>
        $"{Plural("container", names.Count)} {Quote(names)}";

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));

    private static string Plural(string word, int count) => count == 1 ? word : word + "s";

    private static string Use(int count) => count == 1 ? "uses" : "use";
}
