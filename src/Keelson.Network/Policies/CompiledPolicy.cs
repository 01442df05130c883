using System.Globalization;
using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Machinery.Selectors;
using Keelson.Network.Nft;

namespace Keelson.Network.Policies;

/// <summary>The ways of a packet that policies tell apart.</summary>
internal enum PolicyDirection
{
    Ingress,
    Egress,
}

/// <summary>A rule of a policy: who may be talked to, and at which ports. Which pods these are is in sets.</summary>
/// <param name="Direction">The way.</param>
/// <param name="Peers">The pods; null when everybody may be talked to.</param>
/// <param name="Ports">The ports; empty for all.</param>
/// <param name="PodSet">The set of the pods' addresses; null without.</param>
/// <param name="PortSet">The set of addresses with ports, for ports by name; null without.</param>
internal sealed record CompiledRule(
    PolicyDirection Direction,
    IReadOnlyList<PolicyPeerSelector>? Peers,
    IReadOnlyList<NetworkPolicyPort> Ports,
    string? PodSet,
    string? PortSet);

/// <summary>A policy as one family's table has it. Only the policy itself decides what it is; pods come and go in
/// sets.</summary>
internal sealed class CompiledPolicy
{
    private readonly NftFamily _family;
    private readonly string _owner;
    private readonly List<CompiledRule> _rules = [];
    private readonly List<NftSet> _sets = [];

    public CompiledPolicy(NetworkPolicy policy, NftFamily family)
    {
        _family = family;
        _owner = policy.Metadata.Namespace + "/" + policy.Metadata.Name;
        Namespace = policy.Metadata.Namespace;
        Pods = policy.Spec.PodSelector.ToMatcher();
        List<NftChain> chains = [];
        IReadOnlyCollection<string> types = policy.Spec.PolicyTypes;
        if (types.Count == 0 || types.Contains("Ingress"))
        {
            IngressChain = NftNames.Of("ingress", _owner);
            chains.Add(new(IngressChain, "", [.. policy.Spec.Ingress.SelectMany((rule, i) =>
                Compile(PolicyDirection.Ingress, i, [.. rule.From], [.. rule.Ports]))]));
        }

        if (types.Contains("Egress") || (types.Count == 0 && policy.Spec.Egress.Count > 0))
        {
            EgressChain = NftNames.Of("egress", _owner);
            chains.Add(new(EgressChain, "", [.. policy.Spec.Egress.SelectMany((rule, i) =>
                Compile(PolicyDirection.Egress, i, [.. rule.To], [.. rule.Ports]))]));
        }

        Needs = new() { Chains = chains, Sets = _sets };
    }

    public string Namespace { get; }

    /// <summary>The pods that it guards.</summary>
    public LabelMatcher Pods { get; }

    /// <summary>The chain that packets to its pods go through; null when it says nothing of them.</summary>
    public string? IngressChain { get; }

    /// <summary>The chain that packets of its pods go through; null when it says nothing of them.</summary>
    public string? EgressChain { get; }

    public NftNeeds Needs { get; }

    /// <summary>The rules that have sets.</summary>
    public IReadOnlyList<CompiledRule> Rules => _rules;

    private IEnumerable<string> Compile(
        PolicyDirection direction, int index, IReadOnlyList<NetworkPolicyPeer> peers,
            IReadOnlyList<NetworkPolicyPort> ports)
    {
        string part = $"{(direction == PolicyDirection.Ingress ? "in" : "out")}{Text(index)}";
        List<PolicyPeerSelector> selectors = [];
        List<string> places = [];
        string field = _family.Name + (direction == PolicyDirection.Ingress ? " saddr" : " daddr");
        foreach (NetworkPolicyPeer peer in peers)
        {
            if (PolicyPeerSelector.Of(Namespace, peer) is { } selector)
            {
                selectors.Add(selector);
            }
            else if (Block(peer.IpBlock!, field) is { } block)
            {
                places.Add(block);
            }
        }

        string? podSet = null;
        if (selectors.Count > 0)
        {
            podSet = NftNames.Of("pods", _owner, part);
            _sets.Add(new(podSet, IsMap: false, $"type {_family.AddressType};"));
            places.Add($"{field} @{podSet} ");
        }

        if (peers.Count == 0)
        {
            places.Add("");
        }

        // Ports by name are those of the pod that is talked to; port 53 may be another one at the cluster's DNS server.
        string? portSet = null;
        bool hasDns = direction == PolicyDirection.Egress && (peers.Count == 0 || selectors.Count > 0)
            && ports.Any(IsDns);
        if (hasDns || ports.Any(static one => one.Port is { IsText: true }))
        {
            portSet = NftNames.Of("ports", _owner, part);
            _sets.Add(new(portSet, IsMap: false, $"type {_family.AddressType} . inet_proto . inet_service;"));
        }

        _rules.Add(new(direction, peers.Count == 0 ? null : selectors, ports, podSet, portSet));
        return Lines(direction, places, ports, portSet);
    }

    private List<string> Lines(
        PolicyDirection direction, List<string> places, IReadOnlyList<NetworkPolicyPort> ports, string? portSet)
    {
        List<string> lines = [];
        List<string> matches = [.. PortMatches(ports)];
        foreach (string place in places)
        {
            lines.AddRange(ports.Count == 0 ? [place + "accept"] : matches.Select(match => place + match + "accept"));
        }

        if (portSet is not null)
        {
            // On the way out the set holds the ports of those that may be talked to, and of nobody else.
            string match = $"{_family.Name} daddr . meta l4proto . th dport @{portSet} accept";
            lines.AddRange(direction == PolicyDirection.Egress ? [match] : places.Select(place => place + match));
        }

        return lines;
    }

    private static IEnumerable<string> PortMatches(IReadOnlyList<NetworkPolicyPort> ports)
    {
        foreach (IGrouping<string, NetworkPolicyPort> protocol in ports
            .Where(static one => one.Port is not { IsText: true })
            .GroupBy(static one => (one.Protocol ?? "TCP").ToLowerInvariant()))
        {
            if (protocol.Any(static one => one.Port is null))
            {
                yield return $"meta l4proto {protocol.Key} ";
                continue;
            }

            // A line for each: ranges in one anonymous set must not overlap, those of policies may.
            foreach (NetworkPolicyPort one in protocol)
            {
                int first = one.Port!.Value.Number;
                string range = one.EndPort is { } last && last > first ? $"{Text(first)}-{Text(last)}" : Text(first);
                yield return $"{protocol.Key} dport {range} ";
            }
        }
    }

    private string? Block(IPBlock block, string field)
    {
        if (!AddressRange.TryParse(block.Cidr, out AddressRange range) || range.Family != _family.Family)
        {
            return null;
        }

        // nft takes a prefix of nothing for an error.
        string place = range.PrefixLength == 0 ? "" : $"{field} {range} ";
        return string.Concat(
            _family.RangesIn(block.Except).Distinct().Select(one => $"{field} != {one} ").Prepend(place));
    }

    private static bool IsDns(NetworkPolicyPort port) =>
        port.Port is { IsText: false, Number: var first } && first <= 53 && (port.EndPort ?? first) >= 53;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
