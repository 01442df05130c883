namespace Keelson.Store;

/// <summary>
/// A half-open interval of keys in ordinal order: from <see cref="Start"/> up to, without, <see cref="End"/>.
/// </summary>
public readonly record struct KeyRange
{
    private KeyRange(string start, string? end, bool isSingleKey)
    {
        Start = start;
        End = end;
        IsSingleKey = isSingleKey;
    }

    /// <summary>The first key of the range.</summary>
    public string Start { get; }

    /// <summary>
    /// The key behind the last one; null if the range runs to the end of all keys. Unused (null) for a single key.
    /// </summary>
    public string? End { get; }

    /// <summary>True if the range is the key <see cref="Start"/> and nothing else.</summary>
    public bool IsSingleKey { get; }

    /// <summary>Every key.</summary>
    public static KeyRange All { get; } = new("\0", null, false);

    /// <summary>Just this key.</summary>
    public static KeyRange Single(string key) => new(key, null, true);

    /// <summary>Keys at or behind <paramref name="start"/> and before <paramref name="end"/>.</summary>
    public static KeyRange Between(string start, string end) => new(start, end, false);

    /// <summary>Keys at or behind <paramref name="start"/>.</summary>
    public static KeyRange From(string start) => new(start, null, false);

    /// <summary>Keys that begin with <paramref name="prefix"/>; an empty prefix means every key.</summary>
    public static KeyRange Prefix(string prefix) =>
        prefix.Length == 0 ? All : new(prefix, EndOfPrefix(prefix), false);

    /// <summary>True if <paramref name="key"/> lies in the range.</summary>
    public bool Contains(string key)
    {
        if (IsSingleKey)
        {
            return string.Equals(key, Start);
        }
        return string.CompareOrdinal(key, Start) >= 0 && (End is null || string.CompareOrdinal(key, End) < 0);
    }

    /// <summary>True if no key can lie in the range.</summary>
    public bool IsEmpty => !IsSingleKey && End is not null && string.CompareOrdinal(Start, End) >= 0;

    // "/pods/" ends before "/pods0": the last byte that can grow does, what follows it is dropped. All 0xff: no end.
    private static string? EndOfPrefix(string prefix)
    {
        for (int i = prefix.Length - 1; i >= 0; i--)
        {
            if (prefix[i] < 0xff)
            {
                return string.Concat(prefix.AsSpan(0, i), [(char)(prefix[i] + 1)]);
            }
        }
        return null;
    }
}
