using Keelson.Api.Core.V1;
using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;

namespace Keelson.Network.Policies;

/// <summary>A pod as policies see it.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal sealed record PolicyPod(string Namespace, string Name)
{
    public ApiMap<string> Labels { get; init; }

    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>True when it is on this node, so that this node guards it.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Its ports by name.</summary>
    public IReadOnlyList<(string Name, string Protocol, int Port)> NamedPorts { get; init; } = [];

    /// <summary>Ports that stand for others: a DNS server on the node answers on a port of its own what policies allow
    /// as
    /// port 53.</summary>
    public IReadOnlyList<(int Meant, string Protocol, int Port)> OtherPorts { get; init; } = [];

    /// <summary>A pod; null for one that has no address of its own, or is over.</summary>
    public static PolicyPod? Of(Pod pod, string nodeName) => Of(pod, nodeName, AddressesOf(pod));

    /// <summary>A pod at other addresses than its status tells.</summary>
    public static PolicyPod? Of(Pod pod, string nodeName, IReadOnlyList<string> addresses)
    {
        if (pod.Spec.HostNetwork || pod.Status.Phase is "Succeeded" or "Failed")
        {
            return null;
        }

        return addresses.Count == 0 ? null : new(pod.Metadata.Namespace, pod.Metadata.Name)
        {
            Labels = pod.Metadata.Labels,
            Addresses = addresses,
            IsLocal = pod.Spec.NodeName == nodeName,
            NamedPorts =
            [
                .. pod.Spec.InitContainers.Concat(pod.Spec.Containers)
                    .SelectMany(static one => one.Ports)
                    .Where(static one => one.Name.Length > 0)
                    .Select(static one => (one.Name, one.Protocol, one.ContainerPortValue)),
            ],
        };
    }

    /// <summary>The addresses that a pod's status tells.</summary>
    public static IReadOnlyList<string> AddressesOf(Pod pod) => pod.Status.PodIPs.Count > 0
        ? [.. pod.Status.PodIPs.Select(static one => one.Ip)]
        : pod.Status.PodIP.Length > 0 ? [pod.Status.PodIP] : [];
}

/// <summary>A selector of pods: of one namespace, or of those that a selector of namespaces finds.</summary>
/// <param name="Namespace">The policy's namespace.</param>
/// <param name="Namespaces">The namespaces; null for the policy's own.</param>
/// <param name="Pods">The pods.</param>
internal sealed record PolicyPeerSelector(string Namespace, LabelMatcher? Namespaces, LabelMatcher Pods)
{
    /// <summary>A peer that selects pods; null for a block of addresses.</summary>
    public static PolicyPeerSelector? Of(string @namespace, NetworkPolicyPeer peer) => peer.IpBlock is not null
        ? null
        : new(
            @namespace,
            peer.NamespaceSelector?.ToMatcher(),
            peer.PodSelector?.ToMatcher() ?? LabelMatcher.Everything);

    /// <summary>True for pods that are meant.</summary>
    public bool Selects(PolicyPod pod, in ApiMap<string> namespaceLabels) =>
        (Namespaces is null ? pod.Namespace == Namespace : Namespaces.Matches(namespaceLabels))
            && Pods.Matches(pod.Labels);
}
