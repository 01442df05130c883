using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Network.Nft;

namespace Keelson.Network.Policies;

/// <summary>
/// A family's table of policies. A packet's way: by its source to the policies that guard its sender, then by its
/// destination to those that guard its receiver; each lookup is one in a map. A change of a pod changes elements of
/// sets;
/// chains change only with policies.
/// </summary>
internal sealed class PolicyTable
{
    private readonly NftFamily _family;
    private readonly NftShares _shares;
    private readonly SortedDictionary<string, CompiledPolicy> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, NftNeeds> _pods = [];

    public PolicyTable(NftFamily family, string name)
    {
        _family = family;
        Table = new(family.Name, name);
        _shares = new(Table);
        PutBase();
    }

    public NftTable Table { get; }

    /// <summary>Takes policies as they are now, null for those that are gone. All pods must be looked at
    /// afterwards.</summary>
    public void Set(IReadOnlyCollection<(ObjectKey Key, NetworkPolicy? Policy)> policies)
    {
        foreach ((ObjectKey key, NetworkPolicy? policy) in policies)
        {
            string name = key.ToString();
            CompiledPolicy? before = _policies.GetValueOrDefault(name);
            CompiledPolicy? now = policy is null ? null : new(policy, _family);
            if (now is null)
            {
                _policies.Remove(name);
            }
            else
            {
                _policies[name] = now;
            }

            _shares.Replace("policy/" + name, before?.Needs ?? NftNeeds.None, now?.Needs ?? NftNeeds.None);
        }
    }

    /// <summary>Takes a pod as it is now.</summary>
    public void Set(ObjectKey key, PolicyPod? pod, ApiMap<string> namespaceLabels)
    {
        NftNeeds before = _pods.GetValueOrDefault(key) ?? NftNeeds.None;
        NftNeeds now = PodRules.Compute(pod, namespaceLabels, _policies.Values, _family);
        _shares.Replace("pod/" + key, before, now);
        if (now.Elements.Count == 0)
        {
            _pods.Remove(key);
        }
        else
        {
            _pods[key] = now;
        }
    }

    /// <summary>True for a pod of this node that a policy is about.</summary>
    public bool Guards(ObjectKey key) => _pods.TryGetValue(key, out NftNeeds? needs) && needs.Chains.Count > 0;

    private void PutBase()
    {
        string address = _family.AddressType;
        Table.Put(new NftSet(PodRules.IngressMap, IsMap: true, $"type {address} : verdict;"));
        Table.Put(new NftSet(PodRules.EgressMap, IsMap: true, $"type {address} : verdict;"));
        Table.Put(new NftSet(PodRules.SelfSet, IsMap: false, $"type {address} . {address};"));
        string from = $"{_family.Name} saddr vmap @{PodRules.EgressMap}";
        string to = $"{_family.Name} daddr vmap @{PodRules.IngressMap}";

        // What is established passes, and so do a pod's packets to itself. Neighbours must find each other, or nothing
        // works at all. Packets of the node itself come by none of these hooks: its probes pass.
        List<string> always =
        [
            "ct state established,related accept",
            $"{_family.Name} saddr . {_family.Name} daddr @{PodRules.SelfSet} accept",
        ];
        if (_family == NftFamily.IPv6)
        {
            always.Add("icmpv6 type { 133, 134, 135, 136, 137 } accept");
        }

        // An acceptance ends one chain of a hook only: both have to let a packet pass.
        Table.Put(new NftChain("forward-egress", "type filter hook forward priority 0;", [.. always, from]));
        Table.Put(new NftChain("input-egress", "type filter hook input priority 0;", [.. always, from]));
        Table.Put(new NftChain("forward-ingress", "type filter hook forward priority 1;", [.. always, to]));
    }
}
