using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Wire;

/// <summary>
/// A growing buffer that JSON is written to, byte for byte as Go's encoder writes it (no blanks; &lt;, &gt;, &amp; and
/// the two Unicode line separators escaped). Field names come as literals that include quotes and colon.
/// </summary>
public sealed class JsonBuffer : IBufferWriter<byte>
{
    private byte[] _bytes;
    private int _length;

    /// <summary>An empty buffer.</summary>
    public JsonBuffer(int capacity = 1024) => _bytes = new byte[capacity];

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Forgets what was written, keeps the memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>Cuts back to a length seen before.</summary>
    public void Truncate(int length) => _length = length;

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Writes one byte as it is.</summary>
    public void Raw(byte one)
    {
        Reserve(1);
        _bytes[_length++] = one;
    }

    /// <summary>Opens an object.</summary>
    public void Open() => Raw((byte)'{');

    /// <summary>Closes an object.</summary>
    public void Close() => Raw((byte)'}');

    /// <summary>Opens a list.</summary>
    public void OpenList() => Raw((byte)'[');

    /// <summary>Closes a list.</summary>
    public void CloseList() => Raw((byte)']');

    /// <summary>A comma unless this is the first thing in its object or list.</summary>
    public void Separate()
    {
        if (_length > 0 && _bytes[_length - 1] is not ((byte)'{' or (byte)'[' or (byte)':' or (byte)'\n'))
        {
            Raw((byte)',');
        }
    }

    /// <summary>A field's name, as a literal with quotes and colon: <c>"\"name\":"u8</c>.</summary>
    public void Name(ReadOnlySpan<byte> quotedNameAndColon)
    {
        Reserve(quotedNameAndColon.Length + 1);
        if (_bytes[_length - 1] != (byte)'{')
        {
            _bytes[_length++] = (byte)',';
        }

        quotedNameAndColon.CopyTo(_bytes.AsSpan(_length));
        _length += quotedNameAndColon.Length;
    }

    /// <summary>A key known only at run time.</summary>
    public void Key(string key)
    {
        Separate();
        Value(key);
        Raw((byte)':');
    }

    /// <summary>
    /// A key of a short plain prefix and a name known only at run time (<c>"f:image":</c> in managed fields).
    /// </summary>
    internal void PrefixedKey(string prefix, string name)
    {
        if (!Ascii.IsValid(name) || name.AsSpan().IndexOfAny(Escaped) >= 0)
        {
            Key(prefix + name);
            return;
        }

        Separate();
        Reserve(prefix.Length + name.Length + 3);
        _bytes[_length++] = (byte)'"';
        _length += Encoding.ASCII.GetBytes(prefix, _bytes.AsSpan(_length));
        _length += Encoding.ASCII.GetBytes(name, _bytes.AsSpan(_length));
        _bytes[_length++] = (byte)'"';
        _bytes[_length++] = (byte)':';
    }

    /// <summary>A text, quoted and escaped.</summary>
    public void Value(string text)
    {
        // Worst case: every char becomes a six byte escape, plus the quotes.
        Reserve((text.Length * 3) + 2);
        int start = _length;
        _bytes[_length++] = (byte)'"';
        if (Ascii.IsValid(text) && text.AsSpan().IndexOfAny(Escaped) < 0)
        {
            _length += Encoding.ASCII.GetBytes(text, _bytes.AsSpan(_length));
        }
        else
        {
            _length = start + 1;
            WriteEscaped(text);
        }

        Raw((byte)'"');
    }

    /// <summary>A number.</summary>
    public void Value(long number)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_length), out int written);
        _length += written;
    }

    /// <summary>A floating point number as Go prints it.</summary>
    public void Value(double number) => Raw(Encoding.ASCII.GetBytes(GoNumber.Format(number)));

    /// <summary>True or false.</summary>
    public void Value(bool truth) => Raw(truth ? "true"u8 : "false"u8);

    /// <summary>
    /// Writes empty lists and maps as null. Upstream's protobuf storage can't tell them from absent ones, so that what
    /// was stored never shows an empty list.
    /// </summary>
    public bool EmptyAsNull { get; set; }

    /// <summary>null.</summary>
    public void Null() => Raw("null"u8);

    /// <summary>Bytes as base64; null when absent.</summary>
    public void Value(Bytes bytes)
    {
        if (bytes.IsAbsent)
        {
            Null();
            return;
        }

        Raw((byte)'"');
        Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes.AsSpan(), _bytes.AsSpan(_length), out _, out int written);
        _length += written;
        Raw((byte)'"');
    }

    /// <summary>RFC 3339, or null for the zero time.</summary>
    public void Value(Time time)
    {
        if (time.IsZero)
        {
            Null();
            return;
        }

        Quoted(time.ToString());
    }

    /// <summary>RFC 3339 with microseconds, or null for the zero time.</summary>
    public void Value(MicroTime time)
    {
        if (time.IsZero)
        {
            Null();
            return;
        }

        Quoted(time.ToString());
    }

    /// <summary>A quantity in canonical form.</summary>
    public void Value(Quantity quantity) => Quoted(quantity.ToString());

    /// <summary>A number or a text.</summary>
    public void Value(IntOrString value)
    {
        if (value.IsText)
        {
            Value(value.Text);
        }
        else
        {
            Value((long)value.Number);
        }
    }

    /// <summary>A raw JSON value as it is; null when absent.</summary>
    public void Value(RawJson raw)
    {
        if (raw.IsAbsent)
        {
            Null();
        }
        else
        {
            Raw(raw.AsSpan());
        }
    }

    /// <summary>A list of records; null when absent.</summary>
    public void Value<T>(ApiList<T> list)
        where T : IWireValue<T> => Items<T, Records<T>>(list);

    /// <summary>A list of texts; null when absent.</summary>
    public void Value(ApiList<string> list) => Items<string, Scalars>(list);

    /// <summary>A list of truths; null when absent.</summary>
    public void Value(ApiList<bool> list) => Items<bool, Scalars>(list);

    /// <summary>A list of numbers; null when absent.</summary>
    public void Value(ApiList<int> list) => Items<int, Scalars>(list);

    /// <summary>A list of numbers; null when absent.</summary>
    public void Value(ApiList<long> list) => Items<long, Scalars>(list);

    /// <summary>A list of raw values; null when absent.</summary>
    public void Value(ApiList<RawJson> list) => Items<RawJson, Scalars>(list);

    /// <summary>A map of records; null when absent.</summary>
    public void Value<T>(ApiMap<T> map)
        where T : IWireValue<T> => Entries<T, Records<T>>(map);

    /// <summary>A map of texts; null when absent.</summary>
    public void Value(ApiMap<string> map) => Entries<string, Scalars>(map);

    /// <summary>A map of bytes; null when absent.</summary>
    public void Value(ApiMap<Bytes> map) => Entries<Bytes, Scalars>(map);

    /// <summary>A map of quantities; null when absent.</summary>
    public void Value(ApiMap<Quantity> map) => Entries<Quantity, Scalars>(map);

    /// <summary>A map of text lists; null when absent.</summary>
    public void Value(ApiMap<ApiList<string>> map) => Entries<ApiList<string>, Scalars>(map);

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\<>&" + string.Concat(Enumerable.Range(0, 32).Select(c => (char)c)) + "\u007f");

    private void Quoted(string plain)
    {
        Reserve(plain.Length + 2);
        _bytes[_length++] = (byte)'"';
        _length += Encoding.ASCII.GetBytes(plain, _bytes.AsSpan(_length));
        _bytes[_length++] = (byte)'"';
    }

    private void Items<T, TWriter>(ApiList<T> list)
        where TWriter : struct, IItemWriter<T>
    {
        if (list.IsAbsent || (EmptyAsNull && list.Count == 0))
        {
            Null();
            return;
        }

        OpenList();
        for (int i = 0; i < list.Count; i++)
        {
            if (i > 0)
            {
                Raw((byte)',');
            }

            TWriter.Write(this, list[i]);
        }

        CloseList();
    }

    private void Entries<T, TWriter>(ApiMap<T> map)
        where TWriter : struct, IItemWriter<T>
    {
        if (map.IsAbsent || (EmptyAsNull && map.Count == 0))
        {
            Null();
            return;
        }

        Open();
        foreach (KeyValuePair<string, T> pair in map)
        {
            Key(pair.Key);
            TWriter.Write(this, pair.Value);
        }

        Close();
    }

    private void WriteEscaped(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            Reserve(6);
            ReadOnlySpan<byte> escape = rune.Value switch
            {
                '"' => "\\\""u8,
                '\\' => "\\\\"u8,
                '\n' => "\\n"u8,
                '\r' => "\\r"u8,
                '\t' => "\\t"u8,
                '\b' => "\\b"u8,
                '\f' => "\\f"u8,
                '<' => "\\u003c"u8,
                '>' => "\\u003e"u8,
                '&' => "\\u0026"u8,
                0x2028 => "\\u2028"u8,
                0x2029 => "\\u2029"u8,
                _ => default,
            };
            if (escape.Length > 0)
            {
                Raw(escape);
            }
            else if (rune.Value < 0x20)
            {
                Raw("\\u00"u8);
                Raw("0123456789abcdef"u8[rune.Value >> 4]);
                Raw("0123456789abcdef"u8[rune.Value & 15]);
            }
            else
            {
                _length += rune.EncodeToUtf8(_bytes.AsSpan(_length));
            }
        }
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _length < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
        }
    }

    /// <summary>How an item of a list or map is written; a structure, so that each list gets code of its own.</summary>
    private interface IItemWriter<in T>
    {
        static abstract void Write(JsonBuffer json, T item);
    }

    private readonly struct Records<T> : IItemWriter<T>
        where T : IWireValue<T>
    {
        public static void Write(JsonBuffer json, T item) => item.WriteJson(json);
    }

    private readonly struct Scalars : IItemWriter<string>, IItemWriter<bool>, IItemWriter<int>, IItemWriter<long>,
        IItemWriter<RawJson>, IItemWriter<Bytes>, IItemWriter<Quantity>, IItemWriter<ApiList<string>>
    {
        public static void Write(JsonBuffer json, string item) => json.Value(item);

        public static void Write(JsonBuffer json, bool item) => json.Value(item);

        public static void Write(JsonBuffer json, int item) => json.Value((long)item);

        public static void Write(JsonBuffer json, long item) => json.Value(item);

        public static void Write(JsonBuffer json, RawJson item) => json.Value(item);

        public static void Write(JsonBuffer json, Bytes item) => json.Value(item);

        public static void Write(JsonBuffer json, Quantity item) => json.Value(item);

        public static void Write(JsonBuffer json, ApiList<string> item) => json.Value(item);
    }
}
