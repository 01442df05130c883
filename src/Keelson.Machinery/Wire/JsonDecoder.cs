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
    /// <summary>Nesting beyond this is refused: upstream's limit is 10,000, no object comes near 200.</summary>
    private const int MaxDepth = 1000;

    private readonly ReadOnlySpan<byte> _utf8;
    private readonly DecodeReport? _report;
    private readonly DecodePath _path;
    private Utf8JsonReader _reader;

    /// <summary>A decoder over a whole document, moved to its first token.</summary>
    /// <param name="utf8">The document. Syntax errors surface as <see cref="JsonException"/>.</param>
    /// <param name="report">Collects unknown and duplicate fields; null skips both silently.</param>
    public JsonDecoder(ReadOnlySpan<byte> utf8, DecodeReport? report = null)
    {
        _utf8 = utf8;
        _reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        _report = report;
        _path = new();
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

    /// <summary>Starts an object of the named Go type; false for null, which upstream takes as empty.</summary>
    public bool BeginObject(string goType)
    {
        if (_reader.TokenType == JsonTokenType.StartObject)
        {
            _path.EnterType(goType);
            return true;
        }

        return _reader.TokenType == JsonTokenType.Null
            ? false
            : throw Mismatch(goType, "cannot restore struct from: " + TreeKind());
    }

    /// <summary>Moves to the next field's name, unescaped; false at the object's end.</summary>
    public bool NextField(out ReadOnlySpan<byte> name)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            _path.Leave();
            name = default;
            return false;
        }

        name = _reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(ApiStrings.Read(ref _reader)) : _reader.ValueSpan;
        return true;
    }

    /// <summary>Enters a known field's value.</summary>
    public void Enter(string name, int field, ref SeenFields seen)
    {
        _path.EnterField(name);
        if (seen.Mark(field))
        {
            _report?.Duplicate(_path.ToString());
        }

        _reader.Read();
    }

    /// <summary>Leaves a field's value.</summary>
    public readonly void Leave() => _path.Leave();

    /// <summary>Reports and skips a field that the type does not have.</summary>
    public void UnknownField(ReadOnlySpan<byte> name)
    {
        if (_report is not null)
        {
            _path.EnterField(Encoding.UTF8.GetString(name));
            _report.Unknown(_path.ToString());
            _path.Leave();
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

        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out int value)
            ? value
            : throw Mismatch("int32");
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

        return _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long value)
            ? value
            : throw Mismatch("int64");
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

        return Time.TryParse(text, out Time time)
            ? time
            : throw new DecodeException(GoTimeErrors.Describe(text, "2006-01-02T15:04:05Z07:00"));
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
                throw new DecodeException(
                    $"json: cannot unmarshal {Found(forNumber: true)} into Go value of type int32");
        }
    }

    /// <summary>
    /// Any JSON value, kept as it came: upstream compares such values byte by byte, so blanks must stay. Line breaks
    /// become blanks, for clients that read watches line by line. Null gives an absent value.
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
        where T : IWireValue<T> => ReadItems<T, Records<T>>(goType);

    /// <summary>A list of texts.</summary>
    public ApiList<string> ReadStringList(string goType = "string") => ReadItems<string, Scalars>("[]", goType);

    /// <summary>A list of truths.</summary>
    public ApiList<bool> ReadBoolList() => ReadItems<bool, Scalars>("[]bool");

    /// <summary>A list of 32-bit numbers.</summary>
    public ApiList<int> ReadInt32List() => ReadItems<int, Scalars>("[]int32");

    /// <summary>A list of 64-bit numbers.</summary>
    public ApiList<long> ReadInt64List() => ReadItems<long, Scalars>("[]int64");

    /// <summary>A list of raw JSON values.</summary>
    public ApiList<RawJson> ReadRawList(string goType) => ReadItems<RawJson, Scalars>(goType);

    /// <summary>A map of records; null gives an absent one.</summary>
    public ApiMap<T> ReadMap<T>(string goType)
        where T : IWireValue<T> => ReadEntries<T, Records<T>>(goType);

    /// <summary>A map of texts.</summary>
    public ApiMap<string> ReadStringMap(string goType = "string") =>
        ReadEntries<string, Scalars>("map[string]", goType);

    /// <summary>A map of base64 bytes.</summary>
    public ApiMap<Bytes> ReadBytesMap() => ReadEntries<Bytes, Scalars>("map[string][]uint8");

    /// <summary>A map of quantities.</summary>
    public ApiMap<Quantity> ReadQuantityMap(string goType) => ReadEntries<Quantity, Scalars>(goType);

    /// <summary>A map of text lists (the extra of a user).</summary>
    public ApiMap<ApiList<string>> ReadStringListMap(string goType) => ReadEntries<ApiList<string>, Scalars>(goType);

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
        return new($"json: cannot unmarshal {found} into Go {_path.Target} of type {goType}")
        {
            TreeMessage = treeProblem ?? TreeProblem(goType),
        };
    }

    /// <summary>Upstream's conversion of trees knows no fields; of numbers in texts, only what Go reads.</summary>
    private readonly string TreeProblem(string goType)
    {
        string found = TreeKind();
        return goType switch
        {
            _ when goType.StartsWith("[]", StringComparison.Ordinal) => "cannot restore slice from " + found,
            _ when goType.StartsWith("map[", StringComparison.Ordinal) || goType == "v1.ResourceList" =>
                "cannot restore map from " + found,
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

    private ApiList<T> ReadItems<T, TReader>(string goType, string goElement = "")
        where TReader : struct, IItemReader<T>
    {
        if (!Begin(JsonTokenType.StartArray, goType, goElement))
        {
            return default;
        }

        List<T> items = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            _path.EnterItem(items.Count);
            items.Add(TReader.Read(ref this, goElement));
            _path.Leave();
        }

        return new([.. items]);
    }

    private ApiMap<T> ReadEntries<T, TReader>(string goType, string goElement = "")
        where TReader : struct, IItemReader<T>
    {
        if (!Begin(JsonTokenType.StartObject, goType, goElement))
        {
            return default;
        }

        List<KeyValuePair<string, T>> entries = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            string key = ApiStrings.Get(ref _reader);
            _path.EnterKey(key);
            if (_report is not null && entries.Exists(entry => entry.Key == key))
            {
                _report.Duplicate(_path.ToString());
            }

            _reader.Read();
            entries.Add(new(key, TReader.Read(ref this, goElement)));
            _path.Leave();
        }

        return ApiMap<T>.FromUnsorted(entries);
    }

    /// <summary>Whether a list or map begins here; null is none.</summary>
    private readonly bool Begin(JsonTokenType start, string goType, string goElement) =>
        _reader.TokenType == start
        || (_reader.TokenType == JsonTokenType.Null ? false : throw Mismatch(goType + goElement));

    /// <summary>How an item of a list or map is read; a structure, so that each list gets code of its own.</summary>
    private interface IItemReader<T>
    {
        static abstract T Read(ref JsonDecoder decoder, string goType);
    }

    private readonly struct Records<T> : IItemReader<T>
        where T : IWireValue<T>
    {
        public static T Read(ref JsonDecoder decoder, string goType) => T.ReadJson(ref decoder);
    }

    private readonly struct Scalars : IItemReader<string>, IItemReader<bool>, IItemReader<int>, IItemReader<long>,
        IItemReader<RawJson>, IItemReader<Bytes>, IItemReader<Quantity>, IItemReader<ApiList<string>>
    {
        static string IItemReader<string>.Read(ref JsonDecoder decoder, string goType) => decoder.ReadString(goType);

        static bool IItemReader<bool>.Read(ref JsonDecoder decoder, string goType) => decoder.ReadBool();

        static int IItemReader<int>.Read(ref JsonDecoder decoder, string goType) => decoder.ReadInt32();

        static long IItemReader<long>.Read(ref JsonDecoder decoder, string goType) => decoder.ReadInt64();

        static RawJson IItemReader<RawJson>.Read(ref JsonDecoder decoder, string goType) => decoder.ReadRaw();

        // Go has no absent bytes in a map that went through protobuf.
        static Bytes IItemReader<Bytes>.Read(ref JsonDecoder decoder, string goType) =>
            decoder.ReadBytes() is { IsAbsent: false } bytes ? bytes : new([]);

        static Quantity IItemReader<Quantity>.Read(ref JsonDecoder decoder, string goType) => decoder.ReadQuantity();

        static ApiList<string> IItemReader<ApiList<string>>.Read(ref JsonDecoder decoder, string goType) =>
            decoder.ReadStringList();
    }
}
