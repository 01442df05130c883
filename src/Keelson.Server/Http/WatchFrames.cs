using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;

namespace Keelson.Server.Http;

/// <summary>
/// Writes events of watches as protobuf: each a WatchEvent around the object's envelope, in an envelope itself, after
/// its length in four bytes. An object's message is made once for all who watch.
/// </summary>
internal static class WatchFrames
{
    [ThreadStatic]
    private static ProtoBuffer? frame;

    [ThreadStatic]
    private static ProtoBuffer? content;

    /// <summary>Writes an event about a stored object; gives the number of bytes.</summary>
    public static int Write(IBufferWriter<byte> body, string type, ApiKind kind, StoredObject obj)
    {
        ProtoBuffer scratch = content ??= new(16 * 1024);
        if (kind.Stored == kind)
        {
            return Write(body, type, kind.Info.ApiVersion, kind.Info.Kind, obj.Proto(scratch));
        }

        scratch.Clear();
        kind.FromStored(obj.Record).WriteProto(scratch);
        return Write(body, type, kind.Info.ApiVersion, kind.Info.Kind, scratch.Written);
    }

    /// <summary>Writes an event about an object that is not stored: a bookmark.</summary>
    public static int Write(IBufferWriter<byte> body, string type, IObject obj) =>
        Write(body, type, obj.KindInfo.ApiVersion, obj.KindInfo.Kind, ProtoEnvelope.Message(obj));

    /// <summary>Writes an event that shows metadata only.</summary>
    public static int WritePartial(IBufferWriter<byte> body, string type, ObjectMeta meta, string version)
    {
        ProtoBuffer scratch = content ??= new(16 * 1024);
        scratch.Clear();
        new PartialObjectMetadata { Metadata = meta }.WriteProto(scratch);
        return Write(body, type, "meta.k8s.io/" + version, "PartialObjectMetadata", scratch.Written);
    }

    /// <summary>Writes an event about what an error was.</summary>
    public static int WriteError(IBufferWriter<byte> body, Status error)
    {
        ProtoBuffer scratch = content ??= new(16 * 1024);
        scratch.Clear();
        error.WriteProto(scratch);
        return Write(body, "ERROR", "v1", "Status", scratch.Written);
    }

    private static int Write(
        IBufferWriter<byte> body, string type, string apiVersion, string kind, ReadOnlySpan<byte> message)
    {
        // Written from the last byte to the first.
        ProtoBuffer proto = frame ??= new(16 * 1024);
        proto.Clear();
        proto.Field(4, "");
        proto.Field(3, "");
        int watchEvent = proto.Length;
        proto.Field(4, "");
        proto.Field(3, "");
        int inner = proto.Length;
        proto.Raw(message);
        Begin(proto, inner, apiVersion, kind);
        proto.Header(1, watchEvent);
        proto.Header(2, watchEvent);
        proto.Field(1, type);
        Begin(proto, watchEvent, "v1", "WatchEvent");
        Span<byte> span = body.GetSpan(proto.Length + 4);
        BinaryPrimitives.WriteInt32BigEndian(span, proto.Length);
        proto.Written.CopyTo(span[4..]);
        body.Advance(proto.Length + 4);
        return proto.Length + 4;
    }

    /// <summary>Puts an envelope's beginning before the content that began at a mark.</summary>
    private static void Begin(ProtoBuffer proto, int mark, string apiVersion, string kind)
    {
        proto.Header(2, mark);
        int type = proto.Length;
        proto.Field(2, kind);
        proto.Field(1, apiVersion);
        proto.Header(1, type);
        proto.Raw("k8s\0"u8);
    }
}
