using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>What sandboxes are made from.</summary>
internal sealed class SandboxConfigs(NodeContext context, PodDns dns, PodCgroups cgroups)
{
    private const int LongestHostname = 63;
    private const int LongestFullName = 64;

    /// <summary>The domain of services: <c>cluster.local</c>.</summary>
    public string ClusterDomain => dns.ClusterDomain;

    /// <summary>The configuration of a pod's sandbox.</summary>
    public Proto.PodSandboxConfig Of(Pod pod, uint attempt)
    {
        Proto.PodSandboxConfig config = new()
        {
            Metadata = new()
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.Namespace,
                Uid = pod.Metadata.Uid,
                Attempt = attempt,
            },
            LogDirectory = PodNames.LogDirectory(context.PodLogsDirectory, pod),
            DnsConfig = dns.Of(pod),
            Linux = new()
            {
                CgroupParent = cgroups.ParentOf(pod),
                SecurityContext = SecurityOf(pod),
                Resources = PodResourceConfigs.OfPod(pod),
            },
        };
        if (!pod.Spec.HostNetwork || pod.Spec.HostnameOverride is not null)
        {
            config.Hostname = Hostname(pod, dns.ClusterDomain);
        }

        foreach (KeyValuePair<string, string> label in pod.Metadata.Labels)
        {
            config.Labels[label.Key] = label.Value;
        }

        config.Labels[PodNames.PodName] = pod.Metadata.Name;
        config.Labels[PodNames.PodNamespace] = pod.Metadata.Namespace;
        config.Labels[PodNames.PodUid] = pod.Metadata.Uid;
        foreach (KeyValuePair<string, string> annotation in pod.Metadata.Annotations)
        {
            config.Annotations[annotation.Key] = annotation.Value;
        }

        AddPorts(pod, config);
        foreach (Sysctl one in pod.Spec.SecurityContext?.Sysctls ?? default)
        {
            config.Linux.Sysctls[one.Name.Replace('/', '.')] = one.Value;
        }

        return config;
    }

    /// <summary>The name by which processes of a pod call their host.</summary>
    public static string Hostname(Pod pod, string clusterDomain)
    {
        string name = ShortHostname(pod);
        string domain = Domain(pod, clusterDomain);
        return pod.Spec.SetHostnameAsFQDN == true && domain.Length > 0 ? name + "." + domain : name;
    }

    /// <summary>Why a pod can't have the name that it asks for; null when it can. In upstream's words.</summary>
    public static string? HostnameError(Pod pod, string clusterDomain)
    {
        string name = pod.Spec.HostNetwork ? "" : Hostname(pod, clusterDomain);
        return name.Length <= LongestFullName
            ? null
            : $"failed to construct FQDN from pod hostname and cluster domain, FQDN {name} is too long "
                + $"({LongestFullName} characters is the max, {name.Length} characters requested)";
    }

    /// <summary>The name without a domain, as long as kernels take it.</summary>
    public static string ShortHostname(Pod pod)
    {
        string name = pod.Spec.HostnameOverride
            ?? (pod.Spec.Hostname.Length > 0 ? pod.Spec.Hostname : pod.Metadata.Name);
        return name.Length > LongestHostname ? name[..LongestHostname].TrimEnd('-', '.') : name;
    }

    /// <summary>The domain of a pod that has a name in DNS; empty for none.</summary>
    public static string Domain(Pod pod, string clusterDomain) =>
        pod.Spec.Subdomain.Length > 0 && pod.Spec.HostnameOverride is null
            ? $"{pod.Spec.Subdomain}.{pod.Metadata.Namespace}.svc.{clusterDomain}"
            : "";

    /// <summary>The namespaces of the kernel that containers of a pod share.</summary>
    public static Proto.NamespaceOption Namespaces(Pod pod) => new()
    {
        Network = pod.Spec.HostNetwork ? Proto.NamespaceMode.Node : Proto.NamespaceMode.Pod,
        Ipc = pod.Spec.HostIPC ? Proto.NamespaceMode.Node : Proto.NamespaceMode.Pod,
        Pid = pod.Spec.HostPID ? Proto.NamespaceMode.Node
            : pod.Spec.ShareProcessNamespace == true ? Proto.NamespaceMode.Pod : Proto.NamespaceMode.Container,
    };

    private static Proto.LinuxSandboxSecurityContext SecurityOf(Pod pod)
    {
        Proto.LinuxSandboxSecurityContext security = new()
        {
            Privileged = ContainerSpec.AllOf(pod.Spec)
                .Any(static one => one.Container.SecurityContext?.Privileged == true),
            NamespaceOptions = Namespaces(pod),
            Seccomp = new() { ProfileType = Proto.SecurityProfile.Types.ProfileType.RuntimeDefault },
        };
        if (pod.Spec.SecurityContext is not { } wanted)
        {
            return security;
        }

        if (wanted.RunAsUser is { } user)
        {
            security.RunAsUser = new() { Value = user };
        }

        if (wanted.RunAsGroup is { } group && wanted.RunAsUser is not null)
        {
            security.RunAsGroup = new() { Value = group };
        }

        security.SupplementalGroups.AddRange(SecurityContexts.GroupsOf(wanted));
        security.SelinuxOptions = SecurityContexts.Selinux(wanted.SeLinuxOptions);
        return security;
    }

    private static void AddPorts(Pod pod, Proto.PodSandboxConfig config)
    {
        if (pod.Spec.HostNetwork)
        {
            return;
        }

        foreach (ContainerSpec one in ContainerSpec.AllOf(pod.Spec))
        {
            foreach (ContainerPort port in one.Container.Ports)
            {
                if (port.HostPort > 0 && one.Role is ContainerRole.Regular or ContainerRole.Sidecar)
                {
                    config.PortMappings.Add(new Proto.PortMapping
                    {
                        ContainerPort = port.ContainerPortValue,
                        HostPort = port.HostPort,
                        HostIp = port.HostIP,
                        Protocol = port.Protocol switch
                        {
                            Protocol.UDP => Proto.Protocol.Udp,
                            Protocol.SCTP => Proto.Protocol.Sctp,
                            _ => Proto.Protocol.Tcp,
                        },
                    });
                }
            }
        }
    }
}
