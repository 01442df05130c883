using Keelson.Api.Kinds;
using Keelson.Client.Wire;
using Keelson.Machinery.Wire;

namespace Keelson.Server.Storage;

/// <summary>How objects are written to the store (<c>--storage-media-type</c>).</summary>
internal interface IObjectCodec
{
    /// <summary>The bytes to store. <paramref name="json"/> is the object's stored JSON, for a codec that keeps
    /// it.</summary>
    byte[] Encode(ApiKind kind, IObject record, byte[] json);

    /// <summary>The stored JSON of stored bytes.</summary>
    byte[] ToJson(ApiKind kind, byte[] value);
}

/// <summary>
/// Stores the JSON that answers are made of, so that the store's log, the cache and the answers share one array. The
/// default of an embedded store.
/// </summary>
internal sealed class JsonObjectCodec : IObjectCodec
{
    public byte[] Encode(ApiKind kind, IObject record, byte[] json) => json;

    public byte[] ToJson(ApiKind kind, byte[] value) =>
        ProtoEnvelope.Is(value) ? ProtobufObjectCodec.Transcode(kind, value) : value;
}

/// <summary>Stores upstream's protobuf envelope, as a kube-apiserver on the same etcd reads and writes it.</summary>
internal sealed class ProtobufObjectCodec : IObjectCodec
{
    public byte[] Encode(ApiKind kind, IObject record, byte[] json) => ProtoEnvelope.Write(record);

    public byte[] ToJson(ApiKind kind, byte[] value) => ProtoEnvelope.Is(value) ? Transcode(kind, value) : value;

    public static byte[] Transcode(ApiKind kind, byte[] value)
    {
        ProtoEnvelope envelope = ProtoEnvelope.Read(value);
        IObject record = kind.DecodeProto(envelope.Content.Span);
        return StoredForm.Encode(record);
    }
}

/// <summary>The JSON form that is kept: kind and apiVersion first, no resource version.</summary>
internal static class StoredForm
{
    [ThreadStatic]
    private static JsonBuffer? buffer;

    public static byte[] Encode(IObject record)
    {
        JsonBuffer json = buffer ??= new(16 * 1024) { EmptyAsNull = true };
        json.Clear();
        IObject stored = record.Metadata.ResourceVersion.Length == 0 && record.Metadata.SelfLink.Length == 0
            ? record
            : record.WithMetadata(record.Metadata with { ResourceVersion = "", SelfLink = "" });
        stored.WriteJson(json);
        return json.ToArray();
    }
}
