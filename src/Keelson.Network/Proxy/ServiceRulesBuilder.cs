using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>Puts together what one service needs of one family's table.</summary>
internal sealed class ServiceRulesBuilder
{
    private readonly Service _service;
    private readonly NftFamily _family;
    private readonly ProxyChains _chains;
    private readonly IReadOnlyDictionary<string, string[]> _previous;
    private readonly string[] _clusterIPs;
    private readonly string[] _externalIPs;
    private readonly string[] _balancerIPs;
    private readonly string[] _sourceRanges;
    private readonly bool _isInternalLocal;
    private readonly bool _isExternalLocal;
    private readonly Dictionary<(string Set, string Key), NftElement> _elements = [];
    private readonly Dictionary<string, NftChain> _needed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NftSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _orders = new(StringComparer.Ordinal);
    private readonly List<UdpFlow> _flows = [];
    private (int Internal, int External) _lacking;

    public ServiceRulesBuilder(
        Service service, NftFamily family, ProxyChains chains, IReadOnlyDictionary<string, string[]> previous)
    {
        ServiceSpec spec = service.Spec;
        _service = service;
        _family = family;
        _chains = chains;
        _previous = previous;
        _clusterIPs = [.. family.AddressesIn(spec.ClusterIPs.Count > 0 ? spec.ClusterIPs : [spec.ClusterIP])];
        _externalIPs = [.. family.AddressesIn(spec.ExternalIPs)];
        _balancerIPs = spec.Type == "LoadBalancer"
            ? [.. family.AddressesIn(service.Status.LoadBalancer.Ingress
                .Where(static one => one.IpMode != "Proxy").Select(static one => one.Ip))]
            : [];
        _sourceRanges = [.. family.RangesIn(spec.LoadBalancerSourceRanges)];
        _isInternalLocal = spec.InternalTrafficPolicy == "Local";
        _isExternalLocal = spec.ExternalTrafficPolicy == "Local";
    }

    private bool HasAffinity => _service.Spec.SessionAffinity == "ClientIP";

    /// <summary>Adds a port.</summary>
    public void Add(ServicePort port, IReadOnlyList<ProxyEndpoint> endpoints, ProxyNode node)
    {
        if (_clusterIPs.Length == 0)
        {
            return;
        }

        PortRules rules = new(port, EndpointChoice.Of(endpoints, node));
        if (HasAffinity)
        {
            AddAffinity(rules);
        }

        AddInternal(rules);
        foreach (string address in _externalIPs.Concat(_balancerIPs).Except(_clusterIPs).Distinct())
        {
            AddExternal(rules, address);
        }

        AddNodePort(rules);
        AddFirewall(rules, node);
        if (rules.Choice is { HasAny: true, Local.Count: 0 })
        {
            _lacking.Internal += _isInternalLocal ? 1 : 0;
            _lacking.External += _isExternalLocal ? 1 : 0;
        }

        foreach (ProxyEndpoint one in rules.Choice.Cluster.Concat(rules.Choice.Local).Where(static one => one.IsLocal))
        {
            Put(new(ProxyChains.HairpinSet, one.Address + " . " + one.Address, ""));
        }

        if (port.Protocol == "UDP")
        {
            _flows.Add(new(
                [.. _clusterIPs, .. _externalIPs, .. _balancerIPs],
                port.Port,
                port.NodePort,
                [.. rules.Choice.Cluster.Concat(rules.Choice.Local).Select(static one => one.Address).Distinct()]));
        }
    }

    public ServiceRules Build()
    {
        foreach (string address in _clusterIPs)
        {
            Put(new(ProxyChains.ClusterIPSet, address, ""));
        }

        return new()
        {
            Needs = new()
            {
                Elements = [.. _elements.Values],
                Chains = [.. _needed.Values],
                Sets = [.. _sets.Values],
            },
            Orders = _orders,
            UdpFlows = _flows,
            Lacking = _lacking,
        };
    }

    private void AddInternal(PortRules rules)
    {
        IReadOnlyList<ProxyEndpoint> chosen = _isInternalLocal ? rules.Choice.Local : rules.Choice.Cluster;
        foreach (string address in _clusterIPs)
        {
            if (chosen.Count == 0)
            {
                Put(new(
                    ProxyChains.NoEndpointMap,
                    rules.KeyOf(address),
                    "goto " + (rules.Choice.HasAny ? ProxyChains.Drop : ProxyChains.Reject)));
                continue;
            }

            string target;
            if (HasAffinity)
            {
                target = (_isInternalLocal ? rules.LocalChain : rules.ClusterChain)!;
                if (_chains.InternalMarkRule is { } mark)
                {
                    string pick = target;
                    target = NameOf("internal", rules.Port, "");
                    _needed[target] = NftChain.Of(target, mark, "goto " + pick);
                }
            }
            else
            {
                target = Need(_chains.Internal(rules.Protocol, chosen.Count));
                PutEndpoints($"{rules.Protocol}-endpoints", $"{address} . {rules.PortText}", chosen);
            }

            Put(new(ProxyChains.ServiceMap, rules.KeyOf(address), "goto " + target));
        }
    }

    private void AddExternal(PortRules rules, string address)
    {
        string key = rules.KeyOf(address);
        if (rules.Choice.HasAny && ExternalChain(rules, isNodePort: false) is { } chain)
        {
            Put(new(ProxyChains.ServiceMap, key, "goto " + chain));
            if (!HasAffinity)
            {
                string prefix = $"{address} . {rules.PortText}";
                PutEndpoints($"{rules.Protocol}-endpoints", prefix, rules.Choice.Cluster);
                if (_isExternalLocal)
                {
                    PutEndpoints($"{rules.Protocol}-local-endpoints", prefix, rules.Choice.Local);
                }
            }
        }

        if (NoExternalVerdict(rules) is { } verdict)
        {
            Put(new(ProxyChains.NoEndpointMap, key, verdict));
        }
    }

    private void AddNodePort(PortRules rules)
    {
        if (rules.Port.NodePort == 0 || _service.Spec.Type is not ("NodePort" or "LoadBalancer"))
        {
            return;
        }

        string port = rules.Port.NodePort.ToString(CultureInfo.InvariantCulture);
        string key = $"{rules.ProtocolNumber} . {port}";
        if (rules.Choice.HasAny && ExternalChain(rules, isNodePort: true) is { } chain)
        {
            Put(new(ProxyChains.NodePortMap, key, "goto " + chain));
            if (!HasAffinity)
            {
                PutEndpoints($"{rules.Protocol}-node-endpoints", port, rules.Choice.Cluster);
                if (_isExternalLocal)
                {
                    PutEndpoints($"{rules.Protocol}-node-local-endpoints", port, rules.Choice.Local);
                }
            }
        }

        if (NoExternalVerdict(rules) is { } verdict)
        {
            Put(new(ProxyChains.NoEndpointNodePortMap, key, verdict));
        }
    }

    /// <summary>The chain for traffic from outside; null when there is nothing it could lead to.</summary>
    private string? ExternalChain(PortRules rules, bool isNodePort)
    {
        int cluster = rules.Choice.Cluster.Count;
        int local = rules.Choice.Local.Count;
        if (cluster == 0 && !(_isExternalLocal && local > 0))
        {
            return null;
        }

        if (!HasAffinity)
        {
            return Need(_isExternalLocal
                ? _chains.ExternalLocal(rules.Protocol, isNodePort, cluster, local)
                : _chains.External(rules.Protocol, isNodePort, cluster));
        }

        string name = NameOf("external", rules.Port, "");
        return Need(_chains.ExternalTo(name, rules.ClusterChain, rules.LocalChain, _isExternalLocal));
    }

    /// <summary>What happens to traffic from outside that no endpoint answers; null when one does.</summary>
    private string? NoExternalVerdict(PortRules rules)
    {
        if (!rules.Choice.HasAny)
        {
            return "goto " + ProxyChains.Reject;
        }

        bool isServed = _isExternalLocal ? rules.Choice.Local.Count > 0 : rules.Choice.Cluster.Count > 0;
        return isServed ? null : "goto " + ProxyChains.Drop;
    }

    private void AddFirewall(PortRules rules, ProxyNode node)
    {
        if (_sourceRanges.Length == 0 || _sourceRanges.Any(static one => one.EndsWith("/0", StringComparison.Ordinal)))
        {
            return;
        }

        // A node that may come in comes from the balancer's address where that is one of its own.
        bool fromNode = _sourceRanges.Any(one => AddressRange.TryParse(one, out AddressRange range)
            && node.IsIn(range));
        string sources = string.Join(", ", _sourceRanges.Concat(fromNode ? _balancerIPs : []).Distinct());
        string name = NameOf("firewall", rules.Port, "");
        foreach (string address in _balancerIPs)
        {
            Need(NftChain.Of(name, $"{_family.Name} saddr != {{ {sources} }} drop"));
            Put(new(ProxyChains.FirewallMap, rules.KeyOf(address), "goto " + name));
        }
    }

    /// <summary>
    /// Chains of the service's own: a client that came before goes where it went before. Each endpoint has a set of
    /// its clients, whose elements end by themselves.
    /// </summary>
    private void AddAffinity(PortRules rules)
    {
        int timeout = _service.Spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? 10800;
        foreach (ProxyEndpoint one in rules.Choice.Cluster.Concat(rules.Choice.Local).Distinct())
        {
            string name = NameOf("endpoint", rules.Port, rules.TargetOf(one));
            string set = NameOf("affinity", rules.Port, rules.TargetOf(one));
            _sets[set] = new(
                set,
                IsMap: false,
                $"type {_family.AddressType}; flags dynamic,timeout; timeout {Text(timeout)}s; size 65535;",
                IsDynamic: true);
            Need(NftChain.Of(
                name,
                $"update @{set} {{ {_family.Name} saddr }}",
                $"meta l4proto {rules.Protocol} dnat {_family.Name} to {Target(one)}"));
        }

        rules.ClusterChain = AddAffinity("cluster", rules, rules.Choice.Cluster);
        rules.LocalChain = _isInternalLocal || _isExternalLocal ? AddAffinity("local", rules, rules.Choice.Local)
            : null;
    }

    private string? AddAffinity(string kind, PortRules rules, IReadOnlyList<ProxyEndpoint> endpoints)
    {
        if (endpoints.Count == 0)
        {
            return null;
        }

        List<string> lines = [.. endpoints.Select(one =>
            $"{_family.Name} saddr @{NameOf("affinity", rules.Port, rules.TargetOf(one))} "
            + $"goto {NameOf("endpoint", rules.Port, rules.TargetOf(one))}")];
        IEnumerable<string> numbered = endpoints.Select((one, i) =>
            $"{Text(i)} : goto {NameOf("endpoint", rules.Port, rules.TargetOf(one))}");
        lines.Add($"numgen random mod {Text(endpoints.Count)} vmap {{ {string.Join(", ", numbered)} }}");
        return Need(new NftChain(NameOf(kind, rules.Port, ""), "", [.. lines]));
    }

    private void PutEndpoints(string map, string prefix, IReadOnlyList<ProxyEndpoint> endpoints)
    {
        string list = map + "/" + prefix;
        string[] order = EndpointOrder.Arrange(
            _previous.GetValueOrDefault(list) ?? [], [.. endpoints.Select(PortRules.TextOf)]);
        _orders[list] = order;
        for (int i = 0; i < order.Length; i++)
        {
            Put(new(map, $"{prefix} . {Text(i)}", order[i]));
        }
    }

    private string Target(ProxyEndpoint endpoint) => _family == NftFamily.IPv6
        ? $"[{endpoint.Address}]:{Text(endpoint.Port)}"
        : $"{endpoint.Address}:{Text(endpoint.Port)}";

    private string Need(NftChain chain)
    {
        _needed[chain.Name] = chain;
        return chain.Name;
    }

    private void Put(in NftElement element) => _elements.TryAdd((element.Set, element.Key), element);

    private string NameOf(string kind, ServicePort port, string endpoint) => NftNames.Of(
        kind, $"{_service.Metadata.Namespace}/{_service.Metadata.Name}/{port.Protocol}/{port.Name}", endpoint);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A port with what was chosen for it.</summary>
    private sealed class PortRules(ServicePort port, EndpointChoice choice)
    {
        public ServicePort Port { get; } = port;

        public EndpointChoice Choice { get; } = choice;

        public string Protocol { get; } = port.Protocol switch { "UDP" => "udp", "SCTP" => "sctp", _ => "tcp" };

        /// <summary>The protocol's number, as <c>nft -n</c> shows it.</summary>
        public string ProtocolNumber { get; } = port.Protocol switch { "UDP" => "17", "SCTP" => "132", _ => "6" };

        public string PortText { get; } = Text(port.Port);

        /// <summary>The chain that keeps clients at endpoints anywhere; null without affinity.</summary>
        public string? ClusterChain { get; set; }

        /// <summary>The chain that keeps clients at endpoints of this node; null without affinity.</summary>
        public string? LocalChain { get; set; }

        public static string TextOf(ProxyEndpoint endpoint) => $"{endpoint.Address} . {Text(endpoint.Port)}";

        public string TargetOf(ProxyEndpoint endpoint) => TextOf(endpoint);

        public string KeyOf(string address) => $"{address} . {ProtocolNumber} . {PortText}";
    }
}
