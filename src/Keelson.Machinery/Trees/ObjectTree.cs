using System.Diagnostics.CodeAnalysis;

namespace Keelson.Machinery.Trees;

/// <summary>
/// An object: fields in the order they came. Small objects are searched field by field; a larger one keeps an index.
/// </summary>
public sealed class ObjectTree : Tree
{
    /// <summary>From this many fields on an index pays for itself.</summary>
    private const int IndexedFrom = 12;

    private readonly List<KeyValuePair<string, Tree>> _fields = [];
    private Dictionary<string, int>? _index;

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

            _index?.Add(name, _fields.Count);
            _fields.Add(new(name, value));
        }
    }

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
        return true;
    }

    private int Find(string name)
    {
        if (_fields.Count < IndexedFrom)
        {
            for (int i = 0; i < _fields.Count; i++)
            {
                if (_fields[i].Key == name)
                {
                    return i;
                }
            }

            return -1;
        }

        if (_index is null)
        {
            _index = new(_fields.Count, StringComparer.Ordinal);
            for (int i = 0; i < _fields.Count; i++)
            {
                _index[_fields[i].Key] = i;
            }
        }

        return _index.GetValueOrDefault(name, -1);
    }
}
