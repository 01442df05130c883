namespace Keelson.Network.Nft;

/// <summary>What <c>nft -n list table</c> shows: enough to tell whether somebody else changed it.</summary>
internal sealed class NftListing
{
    private readonly Dictionary<string, HashSet<string>> _elements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);

    private NftListing()
    {
    }

    /// <summary>Reads a listing.</summary>
    public static NftListing Parse(string text)
    {
        NftListing listing = new();
        HashSet<string>? set = null;
        string? chain = null;
        bool inElements = false;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();
            if (inElements)
            {
                inElements = !listing.ReadElements(set!, line);
            }
            else if (line.StartsWith("set ") || line.StartsWith("map "))
            {
                set = listing._elements[NameIn(line)] = new(StringComparer.Ordinal);
            }
            else if (line.StartsWith("chain "))
            {
                chain = NameIn(line);
                listing._rules[chain] = 0;
            }
            else if (line.SequenceEqual("}"))
            {
                (set, chain) = (null, null);
            }
            else if (set is not null && line.StartsWith("elements = {"))
            {
                inElements = !listing.ReadElements(set, line["elements = {".Length..]);
            }
            else if (chain is not null && line.Length > 0
                && !(line.StartsWith("type ") && line.Contains(" hook ", StringComparison.Ordinal)))
            {
                listing._rules[chain]++;
            }
        }

        return listing;
    }

    /// <summary>True when the listing shows what a table should be.</summary>
    public bool Shows(NftTable table)
    {
        if (_elements.Count != table.Sets.Count || _rules.Count != table.Chains.Count)
        {
            return false;
        }

        foreach (NftChain chain in table.Chains.Values)
        {
            if (!_rules.TryGetValue(chain.Name, out int rules) || rules != chain.Rules.Length)
            {
                return false;
            }
        }

        foreach (NftSet set in table.Sets.Values)
        {
            if (!_elements.TryGetValue(set.Name, out HashSet<string>? elements))
            {
                return false;
            }

            if (!set.IsDynamic && !ShowsElements(elements, table.ElementsOf(set.Name)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool ShowsElements(HashSet<string> shown, IReadOnlyDictionary<string, string> wanted)
    {
        if (shown.Count != wanted.Count)
        {
            return false;
        }

        foreach ((string key, string value) in wanted)
        {
            if (!shown.Contains(value.Length == 0 ? key : key + " : " + value))
            {
                return false;
            }
        }

        return true;
    }

    private static string NameIn(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> rest = line[(line.IndexOf(' ') + 1)..];
        return rest[..rest.IndexOf(' ')].ToString();
    }

    /// <summary>Reads the elements of a line; true when they end in it.</summary>
    private bool ReadElements(HashSet<string> set, ReadOnlySpan<char> line)
    {
        bool isEnd = line.EndsWith("}");
        ReadOnlySpan<char> rest = isEnd ? line[..^1] : line;
        foreach (Range range in rest.Split(','))
        {
            ReadOnlySpan<char> one = rest[range].Trim();
            if (one.Length > 0)
            {
                set.Add(one.ToString());
            }
        }

        return isEnd;
    }
}
