using System.Net.Sockets;
using Keelson.Client;
using Keelson.Network.Nft;

namespace Keelson.Network.Proxy;

/// <summary>A family's table: what the node needs and what its services need, put together.</summary>
internal sealed class ProxyTable
{
    private readonly ServiceProxyConfig _config;
    private readonly ProxyFamily _family;
    private readonly ProxyChains _chains;
    private readonly Dictionary<ObjectKey, ServiceRules> _services = [];
    private readonly Dictionary<(string Set, string Key), (ObjectKey Owner, string Value)> _holders = [];
    private readonly Dictionary<(string Set, string Key), SortedDictionary<string, (ObjectKey Owner, string Value)>>
        _rivals = [];
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private ProxyNode _node;

    public ProxyTable(ServiceProxyConfig config, ProxyFamily family)
    {
        _config = config;
        _family = family;
        _node = new(config.NodeName, "");
        string[] ranges = [.. family.RangesIn(config.ClusterRanges)];
        _chains = new(family, ranges.Length > 0, config.MasqueradeAll);
        Table = new(family.Name, config.TableName);
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
        foreach (NftSet set in now.Sets)
        {
            if (Use(set.Name))
            {
                Table.Put(set);
            }
        }

        foreach (NftChain chain in now.Chains)
        {
            Use(chain.Name);
            Table.Put(chain);
        }

        SetElements(key, before, now);
        foreach (NftChain chain in before.Chains)
        {
            if (Release(chain.Name))
            {
                Table.RemoveChain(chain.Name);
            }
        }

        foreach (NftSet set in before.Sets)
        {
            if (Release(set.Name))
            {
                Table.RemoveSet(set.Name);
            }
        }

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

    private void SetElements(ObjectKey key, ServiceRules before, ServiceRules now)
    {
        Dictionary<(string Set, string Key), string> had = before.Elements.ToDictionary(
            static one => (one.Set, one.Key), static one => one.Value);
        foreach (NftElement element in now.Elements)
        {
            if (!had.Remove((element.Set, element.Key), out string? value) || value != element.Value)
            {
                Claim(key, element);
            }
        }

        foreach ((string Set, string Key) element in had.Keys)
        {
            GiveUp(key, element);
        }
    }

    /// <summary>
    /// Puts an element for a service. Of several services that claim the same one (an external IP, for instance) the
    /// first by name has it, until it gives it up.
    /// </summary>
    private void Claim(ObjectKey owner, in NftElement element)
    {
        (string Set, string Key) key = (element.Set, element.Key);
        (ObjectKey Owner, string Value) claim = (owner, element.Value);
        if (_holders.TryGetValue(key, out (ObjectKey Owner, string Value) holder) && holder.Owner != owner)
        {
            if (!_rivals.TryGetValue(key, out SortedDictionary<string, (ObjectKey Owner, string Value)>? rivals))
            {
                _rivals.Add(key, rivals = new(StringComparer.Ordinal));
            }

            if (string.CompareOrdinal(holder.Owner.ToString(), owner.ToString()) < 0)
            {
                rivals[owner.ToString()] = claim;
                return;
            }

            rivals[holder.Owner.ToString()] = holder;
        }

        _holders[key] = claim;
        Table.Put(element);
    }

    private void GiveUp(ObjectKey owner, (string Set, string Key) element)
    {
        SortedDictionary<string, (ObjectKey Owner, string Value)>? rivals = _rivals.GetValueOrDefault(element);
        if (_holders[element].Owner != owner)
        {
            rivals!.Remove(owner.ToString());
        }
        else if (rivals is { Count: > 0 })
        {
            (string name, (ObjectKey Owner, string Value) next) = rivals.First();
            rivals.Remove(name);
            _holders[element] = next;
            Table.Put(new NftElement(element.Set, element.Key, next.Value));
        }
        else
        {
            _holders.Remove(element);
            Table.RemoveElement(element.Set, element.Key);
        }

        if (rivals is { Count: 0 })
        {
            _rivals.Remove(element);
        }
    }

    private bool Use(string name)
    {
        int users = _users.GetValueOrDefault(name);
        _users[name] = users + 1;
        return users == 0;
    }

    private bool Release(string name)
    {
        int users = _users[name] - 1;
        if (users > 0)
        {
            _users[name] = users;
            return false;
        }

        _users.Remove(name);
        return true;
    }
}
