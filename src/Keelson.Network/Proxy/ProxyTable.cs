using System.Net.Sockets;
using Keelson.Client;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>A family's table: what the node needs and what its services need, put together.</summary>
internal sealed class ProxyTable
{
    private readonly ServiceProxyConfig _config;
    private readonly NftFamily _family;
    private readonly ProxyChains _chains;
    private readonly Dictionary<ObjectKey, ServiceRules> _services = [];
    private readonly NftShares _shares;
    private ProxyNode _node;

    public ProxyTable(ServiceProxyConfig config, NftFamily family)
    {
        _config = config;
        _family = family;
        _node = new(config.NodeName, "");
        string[] ranges = [.. family.RangesIn(config.ClusterRanges)];
        _chains = new(family, ranges.Length > 0, config.MasqueradeAll);
        Table = new(family.Name, config.TableName);
        _shares = new(Table);
        _chains.PutBase(Table, NodePortMatch(), [.. family.RangesIn(config.ServiceRanges)]);
        foreach (string range in ranges)
        {
            Table.Put(new NftElement(ProxyChains.ClusterRangeSet, range, ""));
        }
    }

    public NftTable Table { get; }

    public AddressFamily Family => _family.Family;

    /// <summary>Number of services with rules.</summary>
    public int ServiceCount => _services.Count;

    /// <summary>Takes the node's zone and addresses. Services must be looked at again when this says so.</summary>
    public bool SetNode(ProxyNode node, IReadOnlyCollection<string> nodePortAddresses)
    {
        HashSet<string> addresses = new(_family.AddressesIn(nodePortAddresses), StringComparer.Ordinal);
        foreach (string one in Table.ElementsOf(ProxyChains.NodePortSet).Keys
            .Where(one => !addresses.Contains(one)).ToList())
        {
            Table.RemoveElement(ProxyChains.NodePortSet, one);
        }

        foreach (string one in addresses)
        {
            Table.Put(new NftElement(ProxyChains.NodePortSet, one, ""));
        }

        bool isChanged = _node != node;
        _node = node;
        return isChanged;
    }

    /// <summary>Takes a service as it is now.</summary>
    /// <returns>What it needed before and needs now.</returns>
    public (ServiceRules Before, ServiceRules Now) Set(ObjectKey key, ServiceSnapshot? snapshot)
    {
        ServiceRules before = _services.GetValueOrDefault(key) ?? ServiceRules.None;
        ServiceRules now = ServiceRules.Compute(snapshot, _family, _node, _chains, before);
        _shares.Replace(key.ToString(), before.Needs, now.Needs);
        if (ReferenceEquals(now, ServiceRules.None))
        {
            _services.Remove(key);
        }
        else
        {
            _services[key] = now;
        }

        return (before, now);
    }

    /// <summary>What says that a packet is for a node port.</summary>
    private string NodePortMatch() =>
        _config.NodePortAddresses.Any(static one => one.EndsWith("/0", StringComparison.Ordinal))
        ? $"fib daddr type local {_family.Name} daddr != {_family.Loopback}"
        : $"{_family.Name} daddr @{ProxyChains.NodePortSet}";
}
