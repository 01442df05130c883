using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Keelson.Machinery.Trees;

/// <summary>
/// An object: fields in the order they came. Small objects are searched field by field; a larger one that is searched
/// often keeps an index.
/// </summary>
public sealed class ObjectTree : Tree
{
    /// <summary>From this many fields on an index may pay for itself.</summary>
    private const int IndexedFrom = 12;

    /// <summary>
    /// An index is built after this many searches since the last removal, so that removing many fields of a large
    /// object one by one does not rebuild it each time.
    /// </summary>
    private const int SearchesBeforeIndex = 4;

    private readonly List<KeyValuePair<string, Tree>> _fields;
    private Dictionary<string, int>? _index;
    private int _searches;

    /// <summary>An empty object.</summary>
    public ObjectTree() => _fields = [];

    /// <summary>An empty object with room for some fields.</summary>
    public ObjectTree(int capacity) => _fields = new(capacity);

    /// <summary>The fields in order.</summary>
    public IReadOnlyList<KeyValuePair<string, Tree>> Fields => _fields;

    /// <summary>How many fields.</summary>
    public int Count => _fields.Count;

    /// <summary>Gets a field, null when missing; sets or appends it.</summary>
    [DisallowNull]
    public Tree? this[string name]
    {
        get => Find(name) is >= 0 and int index ? _fields[index].Value : null;
        set
        {
            int index = Find(name);
            if (index >= 0)
            {
                _fields[index] = new(name, value);
                return;
            }

            Append(name, value);
        }
    }

    /// <summary>The fields in order, without a copy; valid until the next change.</summary>
    public ReadOnlySpan<KeyValuePair<string, Tree>> AsSpan() => CollectionsMarshal.AsSpan(_fields);

    /// <summary>Looks a field up.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Tree? value)
    {
        int index = Find(name);
        value = index >= 0 ? _fields[index].Value : null;
        return index >= 0;
    }

    /// <summary>True when the field is there, be it null.</summary>
    public bool Contains(string name) => Find(name) >= 0;

    /// <summary>Takes a field away; false when it was not there.</summary>
    public bool Remove(string name)
    {
        int index = Find(name);
        if (index < 0)
        {
            return false;
        }

        _fields.RemoveAt(index);
        _index = null;
        _searches = 0;
        return true;
    }

    /// <summary>Appends a field that is known not to be there.</summary>
    internal void Append(string name, Tree value)
    {
        _index?.Add(name, _fields.Count);
        _fields.Add(new(name, value));
    }

    /// <summary>
    /// Looks a field up, first at <paramref name="hint"/>: two versions of an object mostly have their fields in the
    /// same places. Returns the place, -1 when missing.
    /// </summary>
    internal int Find(string name, int hint) =>
        (uint)hint < (uint)_fields.Count && _fields[hint].Key == name ? hint : Find(name);

    private int Find(string name)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(name, out int place) ? place : -1;
        }

        if (_fields.Count >= IndexedFrom && ++_searches > SearchesBeforeIndex)
        {
            return BuildIndex().TryGetValue(name, out int place) ? place : -1;
        }

        ReadOnlySpan<KeyValuePair<string, Tree>> fields = AsSpan();
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].Key == name)
            {
                return i;
            }
        }

        return -1;
    }

    private Dictionary<string, int> BuildIndex()
    {
        Dictionary<string, int> index = new(_fields.Count, StringComparer.Ordinal);
        for (int i = 0; i < _fields.Count; i++)
        {
            index[_fields[i].Key] = i;
        }

        _index = index;
        return index;
    }
}
