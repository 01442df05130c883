using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Keelson.Store;

namespace Keelson.Server.Storage;

/// <summary>
/// One version of an object as the server keeps it: the JSON that was written, shared with the store, and what selectors need,
/// read off it when first asked for. Answers are made by copying the JSON with the resource version spliced in.
/// </summary>
public sealed class StoredObject
{
    private readonly ApiKind _kind;
    private string[]? _fields;
    private ApiMap<string> _labels;
    private int _splice = -1;
    private bool _labelsRead;
    private IObject? _record;
    private byte[]? _proto;

    /// <summary>A version read back from the store.</summary>
    internal StoredObject(ApiKind kind, string key, byte[] json, long revision)
    {
        _kind = kind;
        Key = key;
        Json = json;
        Revision = revision;
    }

    /// <summary>
    /// A version that this process just wrote, whose record is at hand; kept when the process reads the kind's records anyway.
    /// </summary>
    internal StoredObject(ApiKind kind, string key, byte[] json, long revision, IObject record, bool keep)
        : this(kind, key, json, revision)
    {
        if (keep)
        {
            _record = WithRevision(record);
        }

        _labels = record.Metadata.Labels;
        _labelsRead = true;
        if (kind.SelectableFields.Count > 0)
        {
            _fields = kind.FieldValues(record);
        }
    }

    /// <summary>The store's key.</summary>
    public string Key { get; }

    /// <summary>The revision that wrote this version: the object's resource version.</summary>
    public long Revision { get; }

    /// <summary>The object with kind and apiVersion, without a resource version.</summary>
    public byte[] Json { get; }

    /// <summary>The labels.</summary>
    public ApiMap<string> Labels
    {
        get
        {
            if (!_labelsRead)
            {
                _labels = StoredJson.ReadLabels(Json);
                Volatile.Write(ref _labelsRead, true);
            }

            return _labels;
        }
    }

    /// <summary>The values of the kind's selectable fields.</summary>
    public IReadOnlyList<string> FieldValues => _fields ??= _kind.FieldValues(Decode());

    /// <summary>The namespace; empty for objects of the cluster.</summary>
    public string Namespace => _kind.Info.Namespaced ? Key[(Key.LastIndexOf('/', Key.LastIndexOf('/') - 1) + 1)..Key.LastIndexOf('/')] : "";

    /// <summary>The name.</summary>
    public string Name => Key[(Key.LastIndexOf('/') + 1)..];

    /// <summary>The record, decoded anew unless somebody kept it.</summary>
    public IObject Record => _record ?? Decode();

    /// <summary>The record, kept from now on: for objects that the server itself reads over and over.</summary>
    public IObject KeptRecord => _record ??= Decode();

    /// <summary>How many bytes <see cref="CopyTo"/> writes.</summary>
    public int Size => Json.Length + SpliceLength;

    /// <summary>Where the resource version goes: behind the uid, where upstream writes it too.</summary>
    private int Splice => _splice >= 0 ? _splice : _splice = StoredJson.FindSplice(Json);

    // ,"resourceVersion":"N"
    private int SpliceLength => 21 + Digits(Revision);

    /// <summary>
    /// Copies the object, the first <paramref name="skip"/> bytes behind the brace left out (kind and apiVersion, which items
    /// of lists don't carry).
    /// </summary>
    public int CopyTo(Span<byte> target, int skip = 0)
    {
        ReadOnlySpan<byte> json = Json;
        int splice = Splice;
        int at = 0;
        target[at++] = (byte)'{';
        json[(1 + skip)..splice].CopyTo(target[at..]);
        at += splice - 1 - skip;
        ",\"resourceVersion\":\""u8.CopyTo(target[at..]);
        at += 20;
        Utf8Formatter.TryFormat(Revision, target[at..], out int written);
        at += written;
        target[at++] = (byte)'"';
        json[splice..].CopyTo(target[at..]);
        return at + json.Length - splice;
    }

    /// <summary>The object's JSON with the resource version, as a copy.</summary>
    public byte[] ToJson()
    {
        byte[] copy = new byte[Size];
        int length = CopyTo(copy);
        return length == copy.Length ? copy : copy[..length];
    }

    /// <summary>The same object at another revision: a deletion shows the last version with the revision that deleted it.</summary>
    public StoredObject At(long revision) => new(_kind, Key, Json, revision);

    /// <summary>The object in upstream's protobuf envelope.</summary>
    public byte[] ToProto() => ProtoEnvelope.Write(Record);

    /// <summary>The object's own protobuf message, kept once it was asked for: lists are made of it.</summary>
    public byte[] ProtoMessage => _proto ??= ProtoEnvelope.Message(Record);

    private static int Digits(long number)
    {
        int digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }

    private IObject Decode() => WithRevision(_kind.DecodeJson(Json));

    private IObject WithRevision(IObject obj)
    {
        string version = Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return obj.WithMetadata(obj.Metadata with { ResourceVersion = version });
    }
}

/// <summary>Reads single facts off a stored object's JSON without decoding all of it.</summary>
internal static class StoredJson
{
    /// <summary>The offset behind metadata.uid's value.</summary>
    public static int FindSplice(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        if (!EnterMetadata(ref reader))
        {
            throw new InvalidDataException("A stored object has no metadata: " + Encoding.UTF8.GetString(json[..Math.Min(200, json.Length)]));
        }

        int behind = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool before = reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("generateName"u8)
                || reader.ValueTextEquals("namespace"u8) || reader.ValueTextEquals("selfLink"u8) || reader.ValueTextEquals("uid"u8);
            if (!before)
            {
                break;
            }

            reader.Skip();
            behind = (int)reader.BytesConsumed;
        }

        return behind >= 0 ? behind : throw new InvalidDataException("A stored object has no name.");
    }

    /// <summary>metadata.labels.</summary>
    public static ApiMap<string> ReadLabels(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        if (!EnterMetadata(ref reader))
        {
            return default;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("labels"u8))
            {
                reader.Skip();
                continue;
            }

            List<KeyValuePair<string, string>> labels = [];
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                reader.Read();
                labels.Add(new(key, reader.GetString()!));
            }

            return ApiMap<string>.FromUnsorted(labels);
        }

        return default;
    }

    private static bool EnterMetadata(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                return reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }
}
