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
        _chains = new(family, PodSource.Of(config, family), config.MasqueradeAll, config.MasqueradeBit);
        Table = new(family.Name, config.TableName);
        _shares = new(Table);
        _chains.PutBase(Table, NodePortMatch());
        SetServiceRanges(config.ServiceRanges);
        if (config.PodDetection == PodDetection.ClusterCIDR)
        {
            SetPodRanges(config.ClusterRanges);
        }
    }

    public NftTable Table { get; }

    public AddressFamily Family => _family.Family;

    /// <summary>Number of services with rules.</summary>
    public int ServiceCount => _services.Count;

    /// <summary>Ports with the traffic policy Local whose endpoints are all on other nodes.</summary>
    public (int Internal, int External) Lacking { get; private set; }

    /// <summary>All UDP ports of services.</summary>
    public IEnumerable<UdpFlow> UdpFlows => _services.Values.SelectMany(static one => one.UdpFlows);

    /// <summary>Takes the ranges that services get their addresses from.</summary>
    public void SetServiceRanges(IReadOnlyList<string> ranges) =>
        Table.Put(_chains.Unused([.. _family.RangesIn(ranges)]));

    /// <summary>Takes the addresses of pods.</summary>
    public void SetPodRanges(IReadOnlyList<string> ranges) =>
        SetElements(ProxyChains.ClusterRangeSet, _family.RangesIn(ranges));

    /// <summary>Takes the node's zone and addresses. Services must be looked at again when this says so.</summary>
    public bool SetNode(ProxyNode node, IReadOnlyCollection<string> nodePortAddresses)
    {
        SetElements(ProxyChains.NodePortSet, _family.AddressesIn(nodePortAddresses));
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
        Lacking = (Lacking.Internal + now.Lacking.Internal - before.Lacking.Internal,
            Lacking.External + now.Lacking.External - before.Lacking.External);
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

    private void SetElements(string set, IEnumerable<string> wanted)
    {
        HashSet<string> keys = new(wanted, StringComparer.Ordinal);
        foreach (string one in Table.ElementsOf(set).Keys.Where(one => !keys.Contains(one)).ToList())
        {
            Table.RemoveElement(set, one);
        }

        foreach (string one in keys)
        {
            Table.Put(new NftElement(set, one, ""));
        }
    }

    /// <summary>What says that a packet is for a node port: any address of the node, where no range of the family is
    /// named or one has all of them; else those that are in a set.</summary>
    private string NodePortMatch()
    {
        IReadOnlyList<string> wanted = _config.NodePortAddresses;
        string[] ranges = [.. _family.RangesIn(wanted)];
        bool isAny = wanted is not ([] or [NodeAddresses.Primary])
            && (ranges.Length == 0 || ranges.Any(static one => one.EndsWith("/0", StringComparison.Ordinal)));
        return isAny
            ? $"fib daddr type local {_family.Name} daddr != {_family.Loopback}"
            : $"{_family.Name} daddr @{ProxyChains.NodePortSet}";
    }
}
