using System.Globalization;
using Keelson.Api.Networking.V1;
using Keelson.Machinery.Values;
using Keelson.Network.Nft;

namespace Keelson.Network.Policies;

/// <summary>What a pod needs of the table: its places in the sets of policies, and the chains that guard it.</summary>
internal static class PodRules
{
    public const string IngressMap = "ingress-pods";
    public const string EgressMap = "egress-pods";
    public const string SelfSet = "self";

    /// <summary>Decides. Pure.</summary>
    /// <param name="pod">The pod; null when it is gone.</param>
    /// <param name="namespaceLabels">The labels of its namespace.</param>
    /// <param name="policies">All policies, in order.</param>
    /// <param name="family">The family of the table.</param>
    public static NftNeeds Compute(
        PolicyPod? pod, ApiMap<string> namespaceLabels, IEnumerable<CompiledPolicy> policies, NftFamily family)
    {
        List<string> addresses = pod is null ? [] : [.. family.AddressesIn(pod.Addresses)];
        if (addresses.Count == 0)
        {
            return NftNeeds.None;
        }

        List<NftElement> elements = [];
        List<string> ingress = [];
        List<string> egress = [];
        foreach (CompiledPolicy policy in policies)
        {
            bool isGuarded = pod!.IsLocal && policy.Namespace == pod.Namespace && policy.Pods.Matches(pod.Labels);
            if (isGuarded && policy.IngressChain is { } into)
            {
                ingress.Add(into);
            }

            if (isGuarded && policy.EgressChain is { } outOf)
            {
                egress.Add(outOf);
            }

            foreach (CompiledRule rule in policy.Rules)
            {
                AddPeer(elements, rule, pod, namespaceLabels, addresses, isGuarded);
            }
        }

        List<NftChain> chains = [];
        AddGuard(elements, chains, IngressMap, ingress, addresses);
        AddGuard(elements, chains, EgressMap, egress, addresses);
        if (chains.Count > 0)
        {
            elements.AddRange(addresses.Select(static one => new NftElement(SelfSet, one + " . " + one, "")));
        }

        return new() { Elements = elements, Chains = chains };
    }

    private static void AddPeer(
        List<NftElement> elements,
        CompiledRule rule,
        PolicyPod pod,
        ApiMap<string> namespaceLabels,
        List<string> addresses,
        bool isGuarded)
    {
        bool isPeer = rule.Peers is null;
        foreach (PolicyPeerSelector selector in rule.Peers ?? [])
        {
            isPeer |= selector.Selects(pod, namespaceLabels);
        }

        if (isPeer && rule.PodSet is { } set)
        {
            elements.AddRange(addresses.Select(one => new NftElement(set, one, "")));
        }

        // The ports of who is talked to: of the pod that is guarded, or of the peer.
        if (rule.PortSet is { } ports && (rule.Direction == PolicyDirection.Ingress ? isGuarded : isPeer))
        {
            foreach ((string protocol, int port) in rule.Ports.SelectMany(one => Ports(one, pod)).Distinct())
            {
                string number = protocol switch { "UDP" => "17", "SCTP" => "132", _ => "6" };
                string suffix = $" . {number} . {port.ToString(CultureInfo.InvariantCulture)}";
                elements.AddRange(addresses.Select(one => new NftElement(ports, one + suffix, "")));
            }
        }
    }

    /// <summary>The ports of a pod that a policy's port stands for, where the number alone does not say it.</summary>
    private static IEnumerable<(string Protocol, int Port)> Ports(NetworkPolicyPort wanted, PolicyPod pod)
    {
        string protocol = wanted.Protocol ?? "TCP";
        if (wanted.Port is { IsText: true, Text: var name })
        {
            foreach ((string portName, string portProtocol, int port) in pod.NamedPorts)
            {
                if (portName == name && portProtocol == protocol)
                {
                    yield return (protocol, port);
                }
            }
        }
        else if (wanted.Port is { Number: var first })
        {
            foreach ((int meant, string portProtocol, int port) in pod.OtherPorts)
            {
                if (portProtocol == protocol && meant >= first && meant <= (wanted.EndPort ?? first))
                {
                    yield return (protocol, port);
                }
            }
        }
    }

    /// <summary>Leads a pod's packets through its policies. Pods with the same policies share a chain.</summary>
    private static void AddGuard(
        List<NftElement> elements, List<NftChain> chains, string map, List<string> policies, List<string> addresses)
    {
        if (policies.Count == 0)
        {
            return;
        }

        string name = NftNames.Of(map, string.Join('+', policies));
        chains.Add(new(name, "", [.. policies.Select(static one => "jump " + one), "drop"]));
        elements.AddRange(addresses.Select(one => new NftElement(map, one, "goto " + name)));
    }
}
