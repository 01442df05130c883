using System.Globalization;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>
/// The chains that services share. A packet's way does not depend on the number of services: a verdict map finds by
/// address, protocol and port which chain a packet goes to; that chain knows only how many endpoints there are, picks a
/// number, and finds the endpoint in a map by address, port and number.
/// </summary>
/// <param name="family">The family of addresses.</param>
/// <param name="pods">What says that a packet comes from a pod; null when it is not known.</param>
/// <param name="masqueradeAll">True when whatever goes to a service takes the node's address.</param>
/// <param name="masqueradeBit">The bit of a packet's mark that says that it takes the node's address.</param>
internal sealed class ProxyChains(NftFamily family, PodSource? pods, bool masqueradeAll, int masqueradeBit = 14)
{
    public const string Services = "services";
    public const string Reject = "reject-chain";
    public const string Drop = "drop-chain";
    public const string ServiceMap = "service-ips";
    public const string NodePortMap = "service-nodeports";
    public const string NoEndpointMap = "no-endpoint-services";
    public const string NoEndpointNodePortMap = "no-endpoint-nodeports";
    public const string FirewallMap = "firewall-ips";
    public const string ClusterIPSet = "cluster-ips";
    public const string HairpinSet = "hairpin-connections";
    public const string NodePortSet = "nodeport-ips";
    public const string ClusterRangeSet = "cluster-cidrs";

    private const string Mark = "jump mark-for-masquerade";

    /// <summary>Traffic to a cluster IP.</summary>
    public NftChain Internal(string protocol, int count)
    {
        string pick = Pick(protocol, Key(protocol, isNodePort: false), Map(isNodePort: false, isLocal: false), count);
        string name = $"{protocol}-internal-{Text(count)}";
        return InternalMarkRule is { } mark ? NftChain.Of(name, mark, pick) : NftChain.Of(name, pick);
    }

    /// <summary>Traffic from outside, to endpoints anywhere: it takes the node's address so that answers come
    /// back.</summary>
    public NftChain External(string protocol, bool isNodePort, int count) => NftChain.Of(
        $"{protocol}-{Way(isNodePort)}-{Text(count)}",
        Mark,
        Pick(protocol, Key(protocol, isNodePort), Map(isNodePort, isLocal: false), count));

    /// <summary>Traffic from outside, to endpoints of this node; pods and the node itself are served as
    /// inside.</summary>
    public NftChain ExternalLocal(string protocol, bool isNodePort, int clusterCount, int localCount)
    {
        List<string> rules = [];
        string key = Key(protocol, isNodePort);
        if (clusterCount > 0)
        {
            string any = Pick(protocol, key, Map(isNodePort, isLocal: false), clusterCount);
            if (pods is not null)
            {
                rules.Add($"{pods.Match} {any}");
            }

            rules.Add($"fib saddr type local {Mark}");
            rules.Add($"fib saddr type local {any}");
        }

        if (localCount > 0)
        {
            rules.Add(Pick(protocol, key, Map(isNodePort, isLocal: true), localCount));
        }

        string name = $"{protocol}-{Way(isNodePort)}-local-{Text(clusterCount)}-{Text(localCount)}";
        return new(name, "", [.. rules]);
    }

    /// <summary>Rules that lead traffic from outside to chains of a service of its own.</summary>
    /// <param name="name">The chain's name.</param>
    /// <param name="cluster">The chain for endpoints anywhere; null when there are none.</param>
    /// <param name="local">The chain for endpoints of this node; null when there are none.</param>
    /// <param name="isLocal">True for the traffic policy Local.</param>
    public NftChain ExternalTo(string name, string? cluster, string? local, bool isLocal)
    {
        List<string> rules = [];
        if (!isLocal)
        {
            rules.Add(Mark);
        }
        else if (cluster is not null)
        {
            if (pods is not null)
            {
                rules.Add($"{pods.Match} goto {cluster}");
            }

            rules.Add($"fib saddr type local {Mark}");
            rules.Add($"fib saddr type local goto {cluster}");
        }

        string? target = isLocal ? local : cluster;
        if (target is not null)
        {
            rules.Add($"goto {target}");
        }

        return new(name, "", [.. rules]);
    }

    /// <summary>The rule that marks traffic to a cluster IP, in chains of a service of its own; null when none is
    /// marked.</summary>
    public string? InternalMarkRule => masqueradeAll ? Mark : pods is null ? null : $"{pods.Mismatch} {Mark}";

    /// <summary>The sets and chains that every table has.</summary>
    /// <param name="nodePortMatch">What says that a packet is for a node port.</param>
    public void PutBase(NftTable table, string nodePortMatch)
    {
        PutSets(table);
        string bit = $"0x{1u << masqueradeBit:x}";
        string find = $"{family.Name} daddr . meta l4proto . th dport vmap @";
        string findNodePort = $"{nodePortMatch} meta l4proto . th dport vmap @";
        table.Put(NftChain.Of("mark-for-masquerade", $"meta mark set meta mark | {bit}"));
        table.Put(NftChain.Of(Reject, "reject"));
        table.Put(NftChain.Of(Drop, "drop"));
        table.Put(NftChain.Of(
            "masquerading",
            $"ct status dnat {family.Name} saddr . {family.Name} daddr @{HairpinSet} masquerade fully-random",
            $"meta mark & {bit} == 0 return",
            $"meta mark set meta mark ^ {bit}",
            "masquerade fully-random"));
        table.Put(NftChain.Of(Services, find + ServiceMap, findNodePort + NodePortMap));
        table.Put(NftChain.Of("service-endpoints-check", find + NoEndpointMap));
        table.Put(NftChain.Of("nodeport-endpoints-check", findNodePort + NoEndpointNodePortMap));
        table.Put(NftChain.Of("firewall-check", find + FirewallMap));
        const string isNew = "ct state new jump ";
        PutHook(table, "filter-prerouting-pre-dnat", "filter hook prerouting priority -110", isNew + "firewall-check");
        PutHook(table, "filter-output-pre-dnat", "filter hook output priority -110", isNew + "firewall-check");
        PutHook(
            table,
            "filter-input",
            "filter hook input priority 0",
            isNew + "nodeport-endpoints-check",
            isNew + "service-endpoints-check");
        PutHook(
            table,
            "filter-forward",
            "filter hook forward priority 0",
            isNew + "service-endpoints-check",
            isNew + "cluster-ips-check");
        PutHook(
            table,
            "filter-output",
            "filter hook output priority 0",
            isNew + "service-endpoints-check",
            isNew + "cluster-ips-check");
        PutHook(table, "nat-prerouting", "nat hook prerouting priority -100", "jump services");
        PutHook(table, "nat-output", "nat hook output priority -100", "jump services");
        PutHook(table, "nat-postrouting", "nat hook postrouting priority 100", "jump masquerading");
    }

    /// <summary>The chain for addresses of services that nobody answers at.</summary>
    /// <param name="serviceRanges">The ranges that services get their addresses from, if they are known.</param>
    public NftChain Unused(IReadOnlyList<string> serviceRanges)
    {
        List<string> rules = [$"{family.Name} daddr @{ClusterIPSet} reject"];
        if (serviceRanges.Count > 0)
        {
            rules.Add($"{family.Name} daddr {{ {string.Join(", ", serviceRanges)} }} drop");
        }

        return new("cluster-ips-check", "", [.. rules]);
    }

    private void PutSets(NftTable table)
    {
        string address = family.AddressType;
        string service = $"type {address} . inet_proto . inet_service : verdict;";
        table.Put(new NftSet(ServiceMap, IsMap: true, service));
        table.Put(new NftSet(NoEndpointMap, IsMap: true, service));
        table.Put(new NftSet(FirewallMap, IsMap: true, service));
        table.Put(new NftSet(NodePortMap, IsMap: true, "type inet_proto . inet_service : verdict;"));
        table.Put(new NftSet(NoEndpointNodePortMap, IsMap: true, "type inet_proto . inet_service : verdict;"));
        table.Put(new NftSet(ClusterIPSet, IsMap: false, $"type {address};"));
        table.Put(new NftSet(NodePortSet, IsMap: false, $"type {address};"));
        table.Put(new NftSet(HairpinSet, IsMap: false, $"type {address} . {address};"));
        table.Put(new NftSet(ClusterRangeSet, IsMap: false, $"type {address}; flags interval;"));

        // "meta cpu" is a plain number to nft, as what numgen gives; there is no name for that type. A protocol needs
        // maps of its own: "th dport" in a type can't be read back by nft before 1.0.7.
        foreach (string protocol in (string[])["tcp", "udp", "sctp"])
        {
            string target = $"{family.Name} daddr . {protocol} dport";
            foreach (string map in (string[])["endpoints", "local-endpoints"])
            {
                table.Put(new NftSet(
                    $"{protocol}-{map}", IsMap: true, $"typeof {target} . meta cpu : {target};"));
                table.Put(new NftSet(
                    $"{protocol}-node-{map}", IsMap: true, $"typeof {protocol} dport . meta cpu : {target};"));
            }
        }
    }

    private static void PutHook(NftTable table, string name, string hook, params string[] rules) =>
        table.Put(new NftChain(name, $"type {hook};", [.. rules]));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Way(bool isNodePort) => isNodePort ? "nodeport" : "external";

    private static string Map(bool isNodePort, bool isLocal) =>
        (isNodePort ? "node-" : "") + (isLocal ? "local-" : "") + "endpoints";

    private string Key(string protocol, bool isNodePort) =>
        isNodePort ? $"{protocol} dport" : $"{family.Name} daddr . {protocol} dport";

    private string Pick(string protocol, string key, string map, int count) =>
        $"meta l4proto {protocol} dnat {family.Name} to {key} . numgen random mod {Text(count)} map @{protocol}-{map}";
}
