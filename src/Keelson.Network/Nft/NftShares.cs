namespace Keelson.Network.Nft;

/// <summary>What somebody needs of a table.</summary>
internal sealed record NftNeeds
{
    public static NftNeeds None { get; } = new();

    public IReadOnlyList<NftElement> Elements { get; init; } = [];

    /// <summary>Chains. Several may need the same one, with the same rules.</summary>
    public IReadOnlyList<NftChain> Chains { get; init; } = [];

    public IReadOnlyList<NftSet> Sets { get; init; } = [];
}

/// <summary>A table that several share: each says what it needs, and what nobody needs is removed.</summary>
internal sealed class NftShares(NftTable table)
{
    private readonly Dictionary<(string Set, string Key), Claim> _holders = [];
    private readonly Dictionary<(string Set, string Key), SortedDictionary<string, Claim>> _rivals = [];
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);

    /// <summary>Takes what an owner needs now.</summary>
    public void Replace(string owner, NftNeeds before, NftNeeds now)
    {
        foreach (NftSet set in now.Sets)
        {
            Use(set.Name);
            table.Put(set);
        }

        foreach (NftChain chain in now.Chains)
        {
            Use(chain.Name);
            table.Put(chain);
        }

        ReplaceElements(owner, before.Elements, now.Elements);
        foreach (NftChain chain in before.Chains)
        {
            if (Release(chain.Name))
            {
                table.RemoveChain(chain.Name);
            }
        }

        foreach (NftSet set in before.Sets)
        {
            if (Release(set.Name))
            {
                table.RemoveSet(set.Name);
            }
        }
    }

    private void ReplaceElements(string owner, IReadOnlyList<NftElement> before, IReadOnlyList<NftElement> now)
    {
        Dictionary<(string Set, string Key), string> had = new(before.Count);
        foreach (NftElement element in before)
        {
            had[(element.Set, element.Key)] = element.Value;
        }

        foreach (NftElement element in now)
        {
            if (!had.Remove((element.Set, element.Key), out string? value) || value != element.Value)
            {
                Take(owner, element);
            }
        }

        foreach ((string Set, string Key) element in had.Keys)
        {
            GiveUp(owner, element);
        }
    }

    /// <summary>
    /// Puts an element for an owner. Of several that want the same one (an external IP, for instance) the first by name
    /// has it, until it gives it up.
    /// </summary>
    private void Take(string owner, in NftElement element)
    {
        (string Set, string Key) key = (element.Set, element.Key);
        Claim claim = new(owner, element.Value);
        if (_holders.TryGetValue(key, out Claim holder) && holder.Owner != owner)
        {
            if (!_rivals.TryGetValue(key, out SortedDictionary<string, Claim>? rivals))
            {
                _rivals.Add(key, rivals = new(StringComparer.Ordinal));
            }

            if (string.CompareOrdinal(holder.Owner, owner) < 0)
            {
                rivals[owner] = claim;
                return;
            }

            rivals[holder.Owner] = holder;
        }

        _holders[key] = claim;
        table.Put(element);
    }

    private void GiveUp(string owner, (string Set, string Key) element)
    {
        SortedDictionary<string, Claim>? rivals = _rivals.GetValueOrDefault(element);
        if (_holders[element].Owner != owner)
        {
            rivals!.Remove(owner);
        }
        else if (rivals is { Count: > 0 })
        {
            Claim next = rivals.First().Value;
            rivals.Remove(next.Owner);
            _holders[element] = next;
            table.Put(new NftElement(element.Set, element.Key, next.Value));
        }
        else
        {
            _holders.Remove(element);
            table.RemoveElement(element.Set, element.Key);
        }

        if (rivals is { Count: 0 })
        {
            _rivals.Remove(element);
        }
    }

    private void Use(string name) => _users[name] = _users.GetValueOrDefault(name) + 1;

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

    private readonly record struct Claim(string Owner, string Value);
}
