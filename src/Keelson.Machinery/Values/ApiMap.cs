using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Keelson.Machinery.Values;

/// <summary>
/// An immutable map from strings, kept as an array sorted by ordinal key, which is also the order on the wire. API maps
/// are small (labels, resources): a binary search over an array beats a hash table there, in memory above all.
/// <c>default</c> is the absent map (Go's nil).
/// </summary>
public readonly struct ApiMap<T> : IReadOnlyCollection<KeyValuePair<string, T>>, IEquatable<ApiMap<T>>
{
    /// <summary>Maps up to this size are looked through from the start.</summary>
    private const int Scanned = 8;

    private readonly KeyValuePair<string, T>[]? _pairs;

    private ApiMap(KeyValuePair<string, T>[]? pairs) => _pairs = pairs;

    /// <summary>A present, empty map.</summary>
    public static ApiMap<T> Empty { get; } = new([]);

    /// <summary>True when the map is absent rather than empty.</summary>
    public bool IsAbsent => _pairs is null;

    /// <summary>Number of entries.</summary>
    public int Count => _pairs is null ? 0 : _pairs.Length;

    /// <summary>The entries in ordinal key order, without a copy.</summary>
    public ReadOnlySpan<KeyValuePair<string, T>> AsSpan() => _pairs;

    /// <summary>The value of a key that must be there.</summary>
    public T this[string key] => TryGetValue(key, out T? value) ? value : throw new KeyNotFoundException(key);

    /// <summary>The keys in ordinal order.</summary>
    public IEnumerable<string> Keys => (_pairs ?? []).Select(pair => pair.Key);

    /// <summary>Looks a key up.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        if (Count <= Scanned)
        {
            // Equality looks at the lengths first: in a small map that finds a key sooner than a search by order does.
            foreach (ref readonly KeyValuePair<string, T> pair in AsSpan())
            {
                if (pair.Key == key)
                {
                    value = pair.Value;
                    return true;
                }
            }

            value = default;
            return false;
        }

        int index = Find(key);
        value = index >= 0 ? _pairs![index].Value : default;
        return index >= 0;
    }

    /// <summary>The value, or <paramref name="fallback"/> where the key is missing.</summary>
    public T? GetValueOrDefault(string key, T? fallback = default) => TryGetValue(key, out T? value) ? value : fallback;

    /// <summary>True when the key is there.</summary>
    public bool ContainsKey(string key) => Find(key) >= 0;

    /// <summary>A copy with the key set.</summary>
    public ApiMap<T> With(string key, T value)
    {
        int index = Find(key);
        if (index >= 0)
        {
            KeyValuePair<string, T>[] copy = AsSpan().ToArray();
            copy[index] = new(key, value);
            return new(copy);
        }

        KeyValuePair<string, T>[] larger = new KeyValuePair<string, T>[Count + 1];
        AsSpan()[..~index].CopyTo(larger);
        larger[~index] = new(key, value);
        AsSpan()[~index..].CopyTo(larger.AsSpan(~index + 1));
        return new(larger);
    }

    /// <summary>A copy without the key.</summary>
    public ApiMap<T> Without(string key)
    {
        int index = Find(key);
        return index < 0 ? this : new([.. AsSpan()[..index], .. AsSpan()[(index + 1)..]]);
    }

    /// <summary>A map of the pairs; the last of equal keys wins, as in JSON.</summary>
    public static ApiMap<T> From(IEnumerable<KeyValuePair<string, T>> pairs) => FromUnsorted([.. pairs]);

    /// <summary>Takes over <paramref name="pairs"/>, sorts it and drops all but the last of equal keys.</summary>
    public static ApiMap<T> FromUnsorted(List<KeyValuePair<string, T>> pairs)
    {
        bool sorted = true;
        for (int i = 1; i < pairs.Count && sorted; i++)
        {
            sorted = string.CompareOrdinal(pairs[i - 1].Key, pairs[i].Key) < 0;
        }

        if (sorted)
        {
            return new([.. pairs]);
        }

        SortedDictionary<string, T> distinct = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, T> pair in pairs)
        {
            distinct[pair.Key] = pair.Value;
        }

        return new([.. distinct]);
    }

    /// <summary>Entry by entry equality; absent and empty are equal.</summary>
    public bool Equals(ApiMap<T> other)
    {
        if (ReferenceEquals(_pairs, other._pairs))
        {
            return true;
        }

        if (Count != other.Count)
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            if (_pairs![i].Key != other._pairs![i].Key
                || !EqualityComparer<T>.Default.Equals(_pairs[i].Value, other._pairs[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ApiMap<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (KeyValuePair<string, T> pair in AsSpan())
        {
            hash.Add(pair.Key);
            hash.Add(pair.Value);
        }

        return hash.ToHashCode();
    }

    /// <summary>Allocation-free enumeration in key order.</summary>
    public ReadOnlySpan<KeyValuePair<string, T>>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, T>>)(_pairs ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (_pairs ?? []).GetEnumerator();

    /// <summary>Equality of the entries.</summary>
    public static bool operator ==(ApiMap<T> left, ApiMap<T> right) => left.Equals(right);

    /// <summary>Inequality of the entries.</summary>
    public static bool operator !=(ApiMap<T> left, ApiMap<T> right) => !left.Equals(right);

    private int Find(string key)
    {
        int low = 0;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = string.CompareOrdinal(_pairs![middle].Key, key);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}
