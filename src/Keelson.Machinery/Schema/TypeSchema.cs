using System.Text;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Schema;

/// <summary>What a value is on the wire.</summary>
public enum SchemaType
{
    /// <summary>An object with known fields.</summary>
    Object,

    /// <summary>An object with free keys and values of one type.</summary>
    Map,

    /// <summary>A list.</summary>
    List,

    /// <summary>A text.</summary>
    String,

    /// <summary>A whole number; the format tells int32 from int64.</summary>
    Integer,

    /// <summary>A floating point number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number or a text (ports, percentages).</summary>
    IntOrString,

    /// <summary>A resource quantity: a text or a number on input, a text on output.</summary>
    Quantity,

    /// <summary>Any JSON value, with unknown structure.</summary>
    Any,
}

/// <summary>How the elements of a list merge (x-kubernetes-list-type).</summary>
public enum ListType
{
    /// <summary>Replaced as a whole; upstream's rule where nothing is said.</summary>
    Atomic,

    /// <summary>Scalars, each at most once.</summary>
    Set,

    /// <summary>Objects told apart by the values of the key fields.</summary>
    Map,
}

/// <summary>
/// The shape of a type: what OpenAPI shows, what strategic merge patch and server-side apply merge by. Compiled kinds get
/// theirs from the generator, custom resources build the same model at run time.
/// </summary>
public sealed class TypeSchema
{
    private readonly Func<TypeSchema>? _element;
    private readonly Func<FieldSchema[]>? _fields;
    private Dictionary<string, FieldSchema>? _byName;

    private TypeSchema(SchemaType type, Func<TypeSchema>? element, Func<FieldSchema[]>? fields)
    {
        Type = type;
        _element = element;
        _fields = fields;
    }

    /// <summary>What the value is.</summary>
    public SchemaType Type { get; }

    /// <summary>OpenAPI format: int32, int64, double, date-time, byte; empty for none.</summary>
    public string Format { get; init; } = "";

    /// <summary>The definition's name in OpenAPI, e.g. <c>io.k8s.api.core.v1.PodSpec</c>; empty for unnamed types.</summary>
    public string Name { get; init; } = "";

    /// <summary>The type's description.</summary>
    public string Description { get; init; } = "";

    /// <summary>True when an object or map is replaced as a whole (x-kubernetes-map-type: atomic).</summary>
    public bool IsAtomic { get; init; }

    /// <summary>True when fields that the type does not list are kept, of whatever shape (custom resources).</summary>
    public bool PreservesUnknownFields { get; init; }

    /// <summary>
    /// How a list merges when no field says so: a list within a list or map (custom resources). A field's own
    /// <see cref="FieldSchema.ListType"/> goes first.
    /// </summary>
    public ListType? ListType { get; init; }

    /// <summary>The key fields that go with <see cref="ListType"/>.</summary>
    public IReadOnlyList<string> ListMapKeys { get; init; } = [];

    /// <summary>A list's or map's element type.</summary>
    public TypeSchema? Element => field ??= _element?.Invoke();

    /// <summary>An object's fields in declaration order, those of embedded structs included.</summary>
    public IReadOnlyList<FieldSchema> Fields => field ??= _fields?.Invoke() ?? [];

    /// <summary>Looks a field up by its JSON name.</summary>
    public FieldSchema? Field(string name)
    {
        _byName ??= Fields.ToDictionary(one => one.Name, StringComparer.Ordinal);
        return _byName.GetValueOrDefault(name);
    }

    /// <summary>A scalar type, or <see cref="SchemaType.Any"/>.</summary>
    public static TypeSchema Scalar(
        SchemaType type, string format = "", string name = "", string description = "", bool isAtomic = false) =>
        new(type, null, null) { Format = format, Name = name, Description = description, IsAtomic = isAtomic };

    /// <summary>A named object type. <paramref name="fields"/> is called at first use, so types may refer to themselves.</summary>
    public static TypeSchema Object(
        string name,
        string description,
        Func<FieldSchema[]> fields,
        bool isAtomic = false,
        bool preservesUnknownFields = false) => new(SchemaType.Object, null, fields)
        {
            Name = name,
            Description = description,
            IsAtomic = isAtomic,
            PreservesUnknownFields = preservesUnknownFields,
        };

    /// <summary>A list type.</summary>
    public static TypeSchema List(
        Func<TypeSchema> element, ListType? listType = null, IReadOnlyList<string>? listMapKeys = null) =>
        new(SchemaType.List, element, null) { ListType = listType, ListMapKeys = listMapKeys ?? [] };

    /// <summary>A map type.</summary>
    public static TypeSchema Map(Func<TypeSchema> element, bool isAtomic = false) =>
        new(SchemaType.Map, element, null) { IsAtomic = isAtomic };
}

/// <summary>One field of an object and how it merges.</summary>
public sealed class FieldSchema(string name, TypeSchema type)
{
    /// <summary>The JSON name.</summary>
    public string Name { get; } = name;

    /// <summary>The field's type.</summary>
    public TypeSchema Type { get; } = type;

    /// <summary>What the field is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>True when OpenAPI lists the field as required.</summary>
    public bool IsRequired { get; init; }

    /// <summary>True when the field tells "not set" from its zero value: a pointer in upstream's type.</summary>
    public bool IsNullable { get; init; }

    /// <summary>True when the field is written even if it is empty (no <c>omitempty</c> upstream).</summary>
    public bool IsAlwaysWritten { get; init; }

    /// <summary>The JSON text of the default, or null.</summary>
    public string? Default { get; init; }

    /// <summary>The closed set of values of a text, empty when open.</summary>
    public IReadOnlyList<string> Enum { get; init; } = [];

    /// <summary>How a list merges in server-side apply; null where upstream says nothing (which means atomic).</summary>
    public ListType? ListType { get; init; }

    /// <summary>The key fields of a list of type <see cref="Schema.ListType.Map"/>.</summary>
    public IReadOnlyList<string> ListMapKeys { get; init; } = [];

    /// <summary>True when the object or map in this field is replaced as a whole (mapType or structType atomic).</summary>
    public bool IsAtomic { get; init; }

    /// <summary>True when the fields of the object in this field merge one by one although the type's do not elsewhere.</summary>
    public bool IsGranular { get; init; }

    /// <summary>Strategic merge: <c>merge</c>, <c>replace</c>, <c>retainKeys</c>, comma separated; empty for none.</summary>
    public string PatchStrategy { get; init; } = "";

    /// <summary>Strategic merge: the key field of a merged list; empty for none (a list of scalars, or replaced).</summary>
    public string PatchMergeKey { get; init; } = "";

    /// <summary>The default as a tree, null when there is none.</summary>
    internal Tree? DefaultTree => Default is null ? null : field ??= TreeReader.Read(Encoding.UTF8.GetBytes(Default));

    /// <summary>
    /// What the field is to a list's element that leaves it out: the default, and for fields that are always written the zero
    /// value, which upstream's schema has as their default. Null when an element can't do without the field.
    /// </summary>
    internal Tree? KeyDefault => DefaultTree ?? (IsAlwaysWritten && !IsNullable ? Zero : null);

    private Tree? Zero => Type.Type switch
    {
        SchemaType.String => new TextTree(""),
        SchemaType.Integer => IntegerTree.Of(0),
        SchemaType.Boolean => BoolTree.False,
        _ => null,
    };
}
