using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Apply;

/// <summary>What a value is to merging: replaced as a whole, a map merged by name, a list merged by element.</summary>
internal enum MergeKind : byte
{
    Scalar,
    Map,
    List,
}

/// <summary>
/// How the value at one place merges: its type, and the field that holds it, which may say more (list type, keys,
/// atomic). A place without a schema (unknown fields, raw extensions) goes by the value it holds.
/// </summary>
internal readonly struct MergeShape(TypeSchema type, FieldSchema? holder = null)
{
    private static readonly TypeSchema Anything = TypeSchema.Scalar(SchemaType.Any);

    public TypeSchema Type { get; } = type;

    /// <summary>True for a place without a schema.</summary>
    public bool IsOpen => Type.Type == SchemaType.Any;

    /// <summary>How a list merges; atomic where nothing is said.</summary>
    public ListType ListType => IsOpen ? ListType.Atomic : holder?.ListType ?? Type.ListType ?? ListType.Atomic;

    /// <summary>The key fields of a list of maps, in the order declared.</summary>
    public IReadOnlyList<string> ListMapKeys => holder?.ListType is null ? Type.ListMapKeys : holder.ListMapKeys;

    /// <summary>True when an object, map or list is replaced as a whole.</summary>
    public bool IsAtomic(MergeKind kind) => kind switch
    {
        MergeKind.List => ListType == ListType.Atomic,
        MergeKind.Map => (Type.IsAtomic && holder?.IsGranular != true) || (!IsOpen && holder?.IsAtomic == true),
        _ => true,
    };

    /// <summary>The shape of a list's element, or of a place below that has no field of its own.</summary>
    public MergeShape Element => new(Type.Element ?? Anything);

    /// <summary>
    /// How to treat a value here: by the schema, or by the value where there is none. A null in an open place is taken
    /// as a map, as upstream takes it.
    /// </summary>
    public MergeKind KindFor(Tree value) => Type.Type switch
    {
        SchemaType.Object or SchemaType.Map => MergeKind.Map,
        SchemaType.List => MergeKind.List,
        SchemaType.Any => value switch
        {
            ObjectTree or NullTree => MergeKind.Map,
            ListTree => MergeKind.List,
            _ => MergeKind.Scalar,
        },
        _ => MergeKind.Scalar,
    };

    /// <summary>
    /// The shape of a field or map entry. <paramref name="isNamed"/> tells a field that the schema lists from an entry;
    /// false comes back for a field the schema does not allow.
    /// </summary>
    public bool TryChild(string name, out MergeShape child, out bool isNamed)
    {
        FieldSchema? named = Type.Type == SchemaType.Object ? Type.Field(name) : null;
        isNamed = named is not null;
        if (named is not null)
        {
            child = new(named.Type, named);
            return true;
        }

        child = Type.Type == SchemaType.Map ? Element : new(Anything);
        return Type.Type is SchemaType.Map or SchemaType.Any || Type.PreservesUnknownFields;
    }

    /// <summary>How a list's element is told apart; throws upstream's text for an element that can't be.</summary>
    /// <exception cref="TypedValueException">The element is no object, misses a key, or can't be in a set.</exception>
    public PathElement ElementOf(Tree item)
    {
        switch (ListType)
        {
            case ListType.Map:
                return KeyOf(item);
            case ListType.Set:
                return item switch
                {
                    ObjectTree =>
                        throw new TypedValueException("associative list without keys has an element that's a map type"),
                    ListTree => throw new TypedValueException("not supported: associative list with lists as elements"),
                    NullTree =>
                        throw new TypedValueException(
                            "associative list without keys has an element that's an explicit null"),
                    _ => PathElement.OfValue(item),
                };
            default:
                throw new TypedValueException("invalid indexing of non-associative list");
        }
    }

    private PathElement KeyOf(Tree item)
    {
        if (item is not ObjectTree node)
        {
            throw new TypedValueException(item is NullTree
                ? "associative list with keys may not have a null element"
                : "associative list with keys may not have non-map elements");
        }

        IReadOnlyList<string> names = ListMapKeys;
        KeyField[] keys = new KeyField[names.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            Tree? value = node[names[i]] ?? Type.Element?.Field(names[i])?.KeyDefault;
            if (value is null)
            {
                string name = Validation.GoText.Quote(names[i]);
                throw new TypedValueException(
                    $"associative list with keys has an element that omits key field {name} "
                    + "(and doesn't have default value)");
            }

            keys[i] = new(names[i], value);
        }

        if (keys.Length > 1)
        {
            Array.Sort(keys, static (left, right) => Utf8Order.Compare(left.Name, right.Name));
        }

        return PathElement.OfKey(keys);
    }
}

/// <summary>A value does not fit its schema; the text is upstream's.</summary>
internal sealed class TypedValueException(string message) : Exception(message);
