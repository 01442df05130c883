using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Wire;

/// <summary>
/// Reads JSON into API records. It adds to <see cref="Utf8JsonReader"/> what upstream's decoder does: the path of every
/// unknown or duplicate field, null as "leave the zero value", and Go's error texts. Whoever asks for a value stands on
/// its first token; reading it leaves the decoder on its last.
/// </summary>
public ref struct JsonDecoder
{
    /// <summary>Nesting beyond this is refused; upstream's decoder stops at 10,000, no API object comes near 200.</summary>
    private const int MaxDepth = 1000;

    private readonly ReadOnlySpan<byte> _utf8;
    private readonly DecodeReport? _report;
    private readonly List<PathSegment> _path;
    private Utf8JsonReader _reader;

    /// <summary>A decoder over a whole document, moved to its first token.</summary>
    /// <param name="utf8">The document. Syntax errors surface as <see cref="JsonException"/>.</param>
    /// <param name="report">Collects unknown and duplicate fields; null skips both silently.</param>
    public JsonDecoder(ReadOnlySpan<byte> utf8, DecodeReport? report = null)
    {
        _utf8 = utf8;
        _reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        _report = report;
        _path = report is null ? [] : new(16);
        _reader.Read();
    }

    /// <summary>The kind of the token the decoder stands on.</summary>
    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>Refuses anything after the value that was read.</summary>
    public void End()
    {
        if (_reader.Read())
        {
            throw new JsonException("trailing data");
        }
    }

    /// <summary>
    /// Starts an object of the named Go type; false for null, which upstream takes as an empty value.
    /// </summary>
    public bool BeginObject(string goType)
    {
        if (_reader.TokenType == JsonTokenType.StartObject)
        {
            _path.Add(new(goType, SegmentKind.Type, 0));
            return true;
        }

        return _reader.TokenType == JsonTokenType.Null ? false : throw Mismatch(goType, "cannot restore struct from: " + TreeKind());
    }

    /// <summary>Moves to the next field's name, unescaped; false at the object's end.</summary>
    public bool NextField(out ReadOnlySpan<byte> name)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            Pop();
            name = default;
            return false;
        }

        name = _reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(ApiStrings.Read(ref _reader)) : _reader.ValueSpan;
        return true;
    }

    /// <summary>Enters a known field's value.</summary>
    public void Enter(string name, int field, ref SeenFields seen)
    {
        _path.Add(new(name, SegmentKind.Field, 0));
        if (seen.Mark(field))
        {
            _report?.Duplicate(Path());
        }

        _reader.Read();
    }

    /// <summary>Leaves a field's value.</summary>
    public readonly void Leave() => Pop();

    /// <summary>Reports and skips a field that the type does not have.</summary>
    public void UnknownField(ReadOnlySpan<byte> name)
    {
        if (_report is not null)
        {
            _path.Add(new(Encoding.UTF8.GetString(name), SegmentKind.Field, 0));
            _report.Unknown(Path());
            Pop();
        }

        _reader.Read();
        _reader.Skip();
    }

    /// <summary>Skips the value the decoder stands on.</summary>
    public void Skip() => _reader.Skip();

    /// <summary>A text; null gives an empty one.</summary>
    public string ReadString(string goType = "string") => ReadNullableString(goType) ?? "";

    /// <summary>A text or null.</summary>
    public string? ReadNullableString(string goType = "string") => _reader.TokenType switch
    {
        JsonTokenType.String => ApiStrings.Get(ref _reader),
        JsonTokenType.Null => null,
        _ => throw Mismatch(goType),
    };

    /// <summary>True or false; null gives false.</summary>
    public bool ReadBool() => ReadNullableBool() ?? false;

    /// <summary>True, false or null.</summary>
    public bool? ReadNullableBool() => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        _ => throw Mismatch("bool"),
    };

    /// <summary>A 32-bit number; null gives 0.</summary>
    public int ReadInt32() => ReadNullableInt32() ?? 0;

    /// <summary>A 32-bit number or null.</summary>
    public int? ReadNullableInt32()
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out int value) ? value : throw Mismatch("int32");
    }

    /// <summary>A 64-bit number; null gives 0.</summary>
    public long ReadInt64() => ReadNullableInt64() ?? 0;

    /// <summary>A 64-bit number or null.</summary>
    public long? ReadNullableInt64()
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long value) ? value : throw Mismatch("int64");
    }

    /// <summary>A floating point number or null.</summary>
    public double? ReadNullableDouble() => _reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.Number => _reader.GetDouble(),
        _ => throw Mismatch("float64"),
    };

    /// <summary>Base64 bytes; null gives absent bytes.</summary>
    public Bytes ReadBytes()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.String when !_reader.ValueIsEscaped && _reader.TryGetBytesFromBase64(out byte[]? value):
                return new(value);
            case JsonTokenType.String:
                return new(GoBase64.Decode(ApiStrings.Read(ref _reader)));
            default:
                throw Mismatch("[]uint8");
        }
    }

    /// <summary>RFC 3339; null gives the zero time.</summary>
    public Time ReadTime() => ReadNullableTime() ?? default;

    /// <summary>RFC 3339 or null.</summary>
    public Time? ReadNullableTime()
    {
        string? text = ReadNullableTimeText();
        if (text is null)
        {
            return null;
        }

        return Time.TryParse(text, out Time time) ? time : throw new DecodeException(GoTimeErrors.Describe(text, "2006-01-02T15:04:05Z07:00"));
    }

    /// <summary>RFC 3339; null gives the zero time.</summary>
    public MicroTime ReadMicroTime() => ReadNullableMicroTime() ?? default;

    /// <summary>RFC 3339 or null.</summary>
    public MicroTime? ReadNullableMicroTime()
    {
        string? text = ReadNullableTimeText();
        if (text is null)
        {
            return null;
        }

        return MicroTime.TryParse(text, out MicroTime time)
            ? time
            : throw new DecodeException(GoTimeErrors.Describe(text, "2006-01-02T15:04:05.000000Z07:00"));
    }

    /// <summary>A quantity as a text or a number; null gives zero.</summary>
    public Quantity ReadQuantity() => ReadNullableQuantity() ?? default;

    /// <summary>A quantity or null.</summary>
    public Quantity? ReadNullableQuantity() => _reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => ParseQuantity(ApiStrings.Get(ref _reader).Trim()),
        JsonTokenType.Number => ParseQuantity(Encoding.UTF8.GetString(_reader.ValueSpan)),
        _ => throw new DecodeException(Quantity.FormatError),
    };

    /// <summary>A number or a text; null gives 0.</summary>
    public IntOrString ReadIntOrString() => ReadNullableIntOrString() ?? default;

    /// <summary>A number, a text or null.</summary>
    public IntOrString? ReadNullableIntOrString()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return new(ApiStrings.Read(ref _reader));
            case JsonTokenType.Number when _reader.TryGetInt32(out int value):
                return new(value);
            default:
                // Upstream unmarshals into a bare int32 here, so its text has no field.
                throw new DecodeException($"json: cannot unmarshal {Found(forNumber: true)} into Go value of type int32");
        }
    }

    /// <summary>
    /// Any JSON value, kept as it came: upstream compares such values byte by byte, so blanks must stay. Line breaks become
    /// blanks, for clients that read watches line by line. Null gives an absent value.
    /// </summary>
    public RawJson ReadRaw()
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        byte[] raw = _utf8[start..(int)_reader.BytesConsumed].ToArray();
        for (int i = raw.AsSpan().IndexOfAny("\t\r\n"u8); i >= 0 && i < raw.Length; i++)
        {
            raw[i] = raw[i] is (byte)'\t' or (byte)'\r' or (byte)'\n' ? (byte)' ' : raw[i];
        }

        return new(raw);
    }

    /// <summary>A list; null gives an absent one.</summary>
    /// <param name="goType">The list's Go type for the error text, e.g. <c>[]v1.Container</c>.</param>
    public ApiList<T> ReadList<T>(string goType)
        where T : IWireValue<T>
    {
        if (!BeginList(goType))
        {
            return default;
        }

        List<T> items = [];
        while (NextItem(items.Count))
        {
            items.Add(T.ReadJson(ref this));
            Pop();
        }

        return new([.. items]);
    }

    /// <summary>A list of texts.</summary>
    public ApiList<string> ReadStringList(string goType = "string")
    {
        if (!BeginList("[]", goType))
        {
            return default;
        }

        List<string> items = [];
        while (NextItem(items.Count))
        {
            items.Add(ReadString(goType));
            Pop();
        }

        return new([.. items]);
    }

    /// <summary>A list of truths.</summary>
    public ApiList<bool> ReadBoolList()
    {
        if (!BeginList("[]bool"))
        {
            return default;
        }

        List<bool> items = [];
        while (NextItem(items.Count))
        {
            items.Add(ReadBool());
            Pop();
        }

        return new([.. items]);
    }

    /// <summary>A list of 32-bit numbers.</summary>
    public ApiList<int> ReadInt32List()
    {
        if (!BeginList("[]int32"))
        {
            return default;
        }

        List<int> items = [];
        while (NextItem(items.Count))
        {
            items.Add(ReadInt32());
            Pop();
        }

        return new([.. items]);
    }

    /// <summary>A list of 64-bit numbers.</summary>
    public ApiList<long> ReadInt64List()
    {
        if (!BeginList("[]int64"))
        {
            return default;
        }

        List<long> items = [];
        while (NextItem(items.Count))
        {
            items.Add(ReadInt64());
            Pop();
        }

        return new([.. items]);
    }

    /// <summary>A list of raw JSON values.</summary>
    public ApiList<RawJson> ReadRawList(string goType)
    {
        if (!BeginList(goType))
        {
            return default;
        }

        List<RawJson> items = [];
        while (NextItem(items.Count))
        {
            items.Add(ReadRaw());
            Pop();
        }

        return new([.. items]);
    }

    /// <summary>A map of records; null gives an absent one.</summary>
    public ApiMap<T> ReadMap<T>(string goType)
        where T : IWireValue<T>
    {
        if (!BeginMap(goType))
        {
            return default;
        }

        List<KeyValuePair<string, T>> pairs = [];
        while (NextKey(pairs, out string key))
        {
            pairs.Add(new(key, T.ReadJson(ref this)));
            Pop();
        }

        return ApiMap<T>.FromUnsorted(pairs);
    }

    /// <summary>A map of texts.</summary>
    public ApiMap<string> ReadStringMap(string goType = "string")
    {
        if (!BeginMap("map[string]", goType))
        {
            return default;
        }

        List<KeyValuePair<string, string>> pairs = [];
        while (NextKey(pairs, out string key))
        {
            pairs.Add(new(key, ReadString(goType)));
            Pop();
        }

        return ApiMap<string>.FromUnsorted(pairs);
    }

    /// <summary>A map of base64 bytes.</summary>
    public ApiMap<Bytes> ReadBytesMap()
    {
        if (!BeginMap("map[string][]uint8"))
        {
            return default;
        }

        List<KeyValuePair<string, Bytes>> pairs = [];
        while (NextKey(pairs, out string key))
        {
            pairs.Add(new(key, ReadBytes()));
            Pop();
        }

        return ApiMap<Bytes>.FromUnsorted(pairs);
    }

    /// <summary>A map of quantities.</summary>
    public ApiMap<Quantity> ReadQuantityMap(string goType)
    {
        if (!BeginMap(goType))
        {
            return default;
        }

        List<KeyValuePair<string, Quantity>> pairs = [];
        while (NextKey(pairs, out string key))
        {
            pairs.Add(new(key, ReadQuantity()));
            Pop();
        }

        return ApiMap<Quantity>.FromUnsorted(pairs);
    }

    /// <summary>A map of text lists (the extra of a user).</summary>
    public ApiMap<ApiList<string>> ReadStringListMap(string goType)
    {
        if (!BeginMap(goType))
        {
            return default;
        }

        List<KeyValuePair<string, ApiList<string>>> pairs = [];
        while (NextKey(pairs, out string key))
        {
            pairs.Add(new(key, ReadStringList()));
            Pop();
        }

        return ApiMap<ApiList<string>>.FromUnsorted(pairs);
    }

    /// <summary>Upstream's times unmarshal themselves from a bare string, so their error has no field.</summary>
    private string? ReadNullableTimeText() => _reader.TokenType is JsonTokenType.String or JsonTokenType.Null
        ? ReadNullableString()
        : throw new DecodeException($"json: cannot unmarshal {Found(forNumber: false)} into Go value of type string");

    /// <summary>The error of a value that is not of the Go type wanted here.</summary>
    /// <param name="goType">The type.</param>
    /// <param name="treeProblem">What is said of a value taken from a tree; null for what goes with the type.</param>
    public readonly DecodeException Mismatch(string goType, string? treeProblem = null)
    {
        string found = Found(goType is "int32" or "int64" or "float64");
        string? owner = null;
        StringBuilder field = new();
        foreach (PathSegment segment in _path)
        {
            if (segment.Kind == SegmentKind.Type)
            {
                owner = segment.Name;
            }
            else if (segment.Kind == SegmentKind.Field)
            {
                field.Append('.').Append(segment.Name);
            }
        }

        string target = owner is null || field.Length == 0
            ? "value"
            : $"struct field {owner[(owner.LastIndexOf('.') + 1)..]}{field}";
        return new($"json: cannot unmarshal {found} into Go {target} of type {goType}")
        {
            TreeMessage = treeProblem ?? TreeProblem(goType),
        };
    }

    /// <summary>Upstream's conversion of trees knows no fields, and numbers from texts only by Go's own rules.</summary>
    private readonly string TreeProblem(string goType)
    {
        string found = TreeKind();
        return goType switch
        {
            _ when goType.StartsWith("[]", StringComparison.Ordinal) => "cannot restore slice from " + found,
            _ when goType.StartsWith("map[", StringComparison.Ordinal) || goType == "v1.ResourceList" => "cannot restore map from " + found,
            "int32" or "int64" when found == "float64" => $"cannot convert float64 to {goType}",
            "int32" or "int64" or "float64" or "bool" => "unrecognized type: " + goType,
            _ when found == "int64" => "cannot convert int64 to " + goType,
            _ => "unrecognized type: string",
        };
    }

    private readonly string TreeKind() => _reader.TokenType switch
    {
        JsonTokenType.StartObject => "map",
        JsonTokenType.StartArray => "slice",
        JsonTokenType.Number => _reader.TryGetInt64(out _) ? "int64" : "float64",
        JsonTokenType.String => "string",
        _ => "bool",
    };

    private readonly string Found(bool forNumber) => _reader.TokenType switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.True or JsonTokenType.False => "bool",
        JsonTokenType.Number when forNumber => "number " + Encoding.UTF8.GetString(_reader.ValueSpan),
        JsonTokenType.Number => "number",
        _ => "null",
    };

    private static Quantity ParseQuantity(string text) =>
        Quantity.TryParse(text, out Quantity quantity, out string? error) ? quantity : throw new DecodeException(error);

    private bool BeginList(string goType, string goElement = "") => _reader.TokenType switch
    {
        JsonTokenType.StartArray => true,
        JsonTokenType.Null => false,
        _ => throw Mismatch(goType + goElement),
    };

    private bool NextItem(int index)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        _path.Add(new(null, SegmentKind.Index, index));
        return true;
    }

    private bool BeginMap(string goType, string goElement = "") => _reader.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw Mismatch(goType + goElement),
    };

    private bool NextKey<T>(List<KeyValuePair<string, T>> pairs, out string key)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            key = "";
            return false;
        }

        key = ApiStrings.Get(ref _reader);
        _path.Add(new(key, SegmentKind.Key, 0));
        if (_report is not null)
        {
            foreach (KeyValuePair<string, T> pair in pairs)
            {
                if (pair.Key == key)
                {
                    _report.Duplicate(Path());
                    break;
                }
            }
        }

        _reader.Read();
        return true;
    }

    private readonly void Pop() => _path.RemoveAt(_path.Count - 1);

    /// <summary>The path as strict decoding prints it: <c>spec.containers[0].env[1].nam</c>; map keys are joined by dots.</summary>
    private readonly string Path()
    {
        StringBuilder text = new();
        foreach (PathSegment segment in _path)
        {
            if (segment.Kind == SegmentKind.Index)
            {
                text.Append('[').Append(segment.Index.ToString(CultureInfo.InvariantCulture)).Append(']');
            }
            else if (segment.Kind != SegmentKind.Type)
            {
                text.Append(text.Length == 0 ? "" : ".").Append(segment.Name);
            }
        }

        return text.ToString();
    }

    private enum SegmentKind : byte
    {
        Type,
        Field,
        Key,
        Index,
    }

    private readonly record struct PathSegment(string? Name, SegmentKind Kind, int Index);
}
