using System.Text;

namespace Keelson.Network.Nft;

/// <summary>
/// A table as it should be, together with where the kernel's differs: so that one transaction can hold just the
/// difference. Not for several threads.
/// </summary>
internal sealed class NftTable(string family, string name)
{
    private readonly Dictionary<string, NftSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NftChain> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> _elements = new(StringComparer.Ordinal);

    // What the kernel holds where it differs from what is wanted; null where it holds nothing.
    private readonly Dictionary<string, NftSet?> _setsBefore = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NftChain?> _chainsBefore = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Set, string Key), string?> _elementsBefore = [];

    /// <summary>The family: <c>ip</c>, <c>ip6</c> or <c>inet</c>.</summary>
    public string Family { get; } = family;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>True when the kernel has to learn something.</summary>
    public bool HasChanges => _setsBefore.Count + _chainsBefore.Count + _elementsBefore.Count > 0;

    /// <summary>The chains that are wanted.</summary>
    public IReadOnlyDictionary<string, NftChain> Chains => _chains;

    /// <summary>The sets that are wanted.</summary>
    public IReadOnlyDictionary<string, NftSet> Sets => _sets;

    /// <summary>The elements that a set should have.</summary>
    public IReadOnlyDictionary<string, string> ElementsOf(string set) => _elements[set];

    /// <summary>Wants a set.</summary>
    public void Put(NftSet set)
    {
        NftSet? had = _sets.GetValueOrDefault(set.Name);
        if (had == set)
        {
            return;
        }

        Remember(_setsBefore, set.Name, had, set);
        _sets[set.Name] = set;
        _elements.TryAdd(set.Name, new(StringComparer.Ordinal));
    }

    /// <summary>Wants a chain with these rules.</summary>
    public void Put(NftChain chain)
    {
        NftChain? had = _chains.GetValueOrDefault(chain.Name);
        if (chain.Equals(had))
        {
            return;
        }

        Remember(_chainsBefore, chain.Name, had, chain);
        _chains[chain.Name] = chain;
    }

    /// <summary>Wants an element, with this value.</summary>
    public void Put(in NftElement element)
    {
        Dictionary<string, string> elements = _elements[element.Set];
        string? had = elements.GetValueOrDefault(element.Key);
        if (had == element.Value)
        {
            return;
        }

        Remember(_elementsBefore, (element.Set, element.Key), had, element.Value);
        elements[element.Key] = element.Value;
    }

    /// <summary>No longer wants a chain.</summary>
    public void RemoveChain(string chain)
    {
        if (_chains.Remove(chain, out NftChain? had))
        {
            Remember(_chainsBefore, chain, had, null);
        }
    }

    /// <summary>No longer wants a set.</summary>
    public void RemoveSet(string set)
    {
        if (_sets.Remove(set, out NftSet? had))
        {
            Remember(_setsBefore, set, had, null);
            _elements.Remove(set);
            foreach ((string Set, string Key) key in _elementsBefore.Keys.Where(one => one.Set == set).ToList())
            {
                _elementsBefore.Remove(key);
            }
        }
    }

    /// <summary>No longer wants an element.</summary>
    public void RemoveElement(string set, string key)
    {
        if (_elements.TryGetValue(set, out Dictionary<string, string>? elements)
            && elements.Remove(key, out string? had))
        {
            Remember(_elementsBefore, (set, key), had, null);
        }
    }

    /// <summary>Says that the kernel holds what is wanted.</summary>
    public void Applied()
    {
        _setsBefore.Clear();
        _chainsBefore.Clear();
        _elementsBefore.Clear();
    }

    /// <summary>The transaction that replaces whatever the kernel has under this name.</summary>
    public string Everything()
    {
        StringBuilder text = new();
        text.Append(Removal());
        text.Append("add table ").Append(Family).Append(' ').AppendLine(Name);
        foreach (NftSet set in _sets.Values)
        {
            AddSet(text, set);
        }

        foreach (NftChain chain in _chains.Values)
        {
            AddChain(text, chain);
        }

        foreach (NftChain chain in _chains.Values)
        {
            AddRules(text, chain);
        }

        foreach ((string set, Dictionary<string, string> elements) in _elements)
        {
            AppendElements(text, "add", set, elements.Select(static one => (one.Key, (string?)one.Value)));
        }

        return text.ToString();
    }

    /// <summary>The transaction that removes the table; it bears that there is none.</summary>
    public string Removal() => $"add table {Family} {Name}\ndelete table {Family} {Name}\n";

    /// <summary>The transaction that holds just what differs.</summary>
    public string Changes()
    {
        StringBuilder text = new();
        foreach ((string set, NftSet? before) in _setsBefore)
        {
            if (before is null)
            {
                AddSet(text, _sets[set]);
            }
        }

        // New chains first, then rules: these may send packets to one another. What is no longer wanted is emptied
        // before it goes, so that nothing refers to it.
        foreach ((string chain, NftChain? before) in _chainsBefore)
        {
            if (before is null)
            {
                AddChain(text, _chains[chain]);
            }
            else
            {
                text.Append("flush chain ").Append(Family).Append(' ').Append(Name).Append(' ').AppendLine(chain);
            }
        }

        foreach (string chain in _chainsBefore.Keys)
        {
            if (_chains.TryGetValue(chain, out NftChain? wanted))
            {
                AddRules(text, wanted);
            }
        }

        AppendElementChanges(text);
        foreach (string chain in _chainsBefore.Keys.Where(one => !_chains.ContainsKey(one)))
        {
            text.Append("delete chain ").Append(Family).Append(' ').Append(Name).Append(' ').AppendLine(chain);
        }

        foreach ((string set, NftSet? before) in _setsBefore.Where(one => !_sets.ContainsKey(one.Key)))
        {
            string verb = before!.IsMap ? "delete map " : "delete set ";
            text.Append(verb).Append(Family).Append(' ').Append(Name).Append(' ')
                .AppendLine(set);
        }

        return text.ToString();
    }

    private void AppendElementChanges(StringBuilder text)
    {
        foreach (IGrouping<string, KeyValuePair<(string Set, string Key), string?>> set in
            _elementsBefore.Where(static one => one.Value is not null).GroupBy(static one => one.Key.Set))
        {
            AppendElements(text, "delete", set.Key, set.Select(static one => (one.Key.Key, (string?)null)));
        }

        foreach (IGrouping<string, (string Set, string Key)> set in _elementsBefore.Keys.GroupBy(static one => one.Set))
        {
            Dictionary<string, string> elements = _elements[set.Key];
            AppendElements(
                text,
                "add",
                set.Key,
                set.Where(one => elements.ContainsKey(one.Key)).Select(one => (one.Key, (string?)elements[one.Key])));
        }
    }

    private void AddSet(StringBuilder text, NftSet set) => text
        .Append(set.IsMap ? "add map " : "add set ").Append(Family).Append(' ').Append(Name).Append(' ')
        .Append(set.Name).Append(" { ").Append(set.Declaration).AppendLine(" }");

    private void AddChain(StringBuilder text, NftChain chain)
    {
        text.Append("add chain ").Append(Family).Append(' ').Append(Name).Append(' ').Append(chain.Name);
        text.AppendLine(chain.Hook.Length == 0 ? "" : " { " + chain.Hook + " }");
    }

    private void AddRules(StringBuilder text, NftChain chain)
    {
        foreach (string rule in chain.Rules)
        {
            text.Append("add rule ").Append(Family).Append(' ').Append(Name).Append(' ').Append(chain.Name)
                .Append(' ').AppendLine(rule);
        }
    }

    private void AppendElements(
        StringBuilder text, string verb, string set, IEnumerable<(string Key, string? Value)> elements)
    {
        bool isFirst = true;
        foreach ((string key, string? value) in elements)
        {
            if (isFirst)
            {
                text.Append(verb).Append(" element ").Append(Family).Append(' ').Append(Name).Append(' ').Append(set)
                    .Append(" { ");
            }

            text.Append(isFirst ? "" : ", ").Append(key);
            if (value is { Length: > 0 })
            {
                text.Append(" : ").Append(value);
            }

            isFirst = false;
        }

        if (!isFirst)
        {
            text.AppendLine(" }");
        }
    }

    /// <summary>Notes what the kernel holds, once; forgets it when the kernel's is wanted again.</summary>
    private static void Remember<TKey, T>(Dictionary<TKey, T?> before, TKey key, T? had, T? wanted)
        where TKey : notnull
        where T : class
    {
        if (before.TryGetValue(key, out T? kernel))
        {
            if (Equals(kernel, wanted))
            {
                before.Remove(key);
            }
        }
        else
        {
            before.Add(key, had);
        }
    }
}
