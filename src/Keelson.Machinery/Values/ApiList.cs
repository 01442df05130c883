using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Keelson.Machinery.Values;

/// <summary>
/// An immutable list of an API object. <c>default</c> is the absent list (Go's nil); an empty list is present.
/// Both count zero; only the wire formats tell them apart.
/// </summary>
[CollectionBuilder(typeof(ApiList), nameof(ApiList.Create))]
public readonly struct ApiList<T> : IReadOnlyList<T>, IEquatable<ApiList<T>>
{
    private readonly T[]? _items;

    /// <summary>Wraps an array that nobody changes any more.</summary>
    public ApiList(T[]? items) => _items = items;

    /// <summary>True when the list is absent rather than empty.</summary>
    public bool IsAbsent => _items is null;

    /// <summary>Number of elements.</summary>
    public int Count => _items is null ? 0 : _items.Length;

    /// <inheritdoc/>
    public T this[int index] => _items![index];

    /// <summary>The elements, without a copy.</summary>
    public ReadOnlySpan<T> AsSpan() => _items;

    /// <summary>A copy with one element more.</summary>
    public ApiList<T> Add(T item) => new([.. AsSpan(), item]);

    /// <summary>A copy with the element at <paramref name="index"/> replaced.</summary>
    public ApiList<T> SetItem(int index, T item)
    {
        T[] copy = AsSpan().ToArray();
        copy[index] = item;
        return new(copy);
    }

    /// <summary>
    /// Every element mapped. The list itself comes back when no element changed, so that "nothing to default" costs
    /// nothing; an absent list stays absent.
    /// </summary>
    public ApiList<T> Map(Func<T, T> map)
    {
        T[]? copy = null;
        for (int i = 0; i < Count; i++)
        {
            T mapped = map(_items![i]);
            if (copy is null && !ReferenceEquals(mapped, _items[i]) && !EqualityComparer<T>.Default.Equals(mapped, _items[i]))
            {
                copy = AsSpan().ToArray();
            }

            if (copy is not null)
            {
                copy[i] = mapped;
            }
        }

        return copy is null ? this : new(copy);
    }

    /// <summary>Element by element equality; an absent and an empty list are equal, as upstream's semantic equality has it.</summary>
    public bool Equals(ApiList<T> other)
    {
        if (ReferenceEquals(_items, other._items))
        {
            return true;
        }

        if (Count != other.Count)
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(_items![i], other._items![i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ApiList<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in AsSpan())
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <summary>Allocation-free enumeration.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (_items ?? []).GetEnumerator();

    /// <summary>Wraps an array that nobody changes any more.</summary>
    public static implicit operator ApiList<T>(T[]? items) => new(items);

    /// <summary>Equality of the elements.</summary>
    public static bool operator ==(ApiList<T> left, ApiList<T> right) => left.Equals(right);

    /// <summary>Inequality of the elements.</summary>
    public static bool operator !=(ApiList<T> left, ApiList<T> right) => !left.Equals(right);
}

/// <summary>Makes <see cref="ApiList{T}"/> from collection expressions and sequences.</summary>
public static class ApiList
{
    /// <summary>The target of collection expressions: <c>ApiList&lt;string&gt; names = ["a", "b"];</c></summary>
    public static ApiList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>A list of the sequence's elements.</summary>
    public static ApiList<T> ToApiList<T>(this IEnumerable<T> items) => new([.. items]);
}
