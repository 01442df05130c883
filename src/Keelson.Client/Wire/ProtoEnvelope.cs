using Keelson.Api.Kinds;
using Keelson.Machinery.Wire;

namespace Keelson.Client.Wire;

/// <summary>
/// Upstream's protobuf envelope: the four bytes <c>k8s\0</c>, then a message runtime.Unknown with the object's type
/// (1), its own message (2), and content encoding (3) and type (4), which are empty.
/// </summary>
/// <param name="ApiVersion">The object's group and version.</param>
/// <param name="Kind">The object's kind.</param>
/// <param name="Content">The object's own message.</param>
public readonly record struct ProtoEnvelope(string ApiVersion, string Kind, ReadOnlyMemory<byte> Content)
{
    private static ReadOnlySpan<byte> Prefix => "k8s\0"u8;

    [ThreadStatic]
    private static ProtoBuffer? buffer;

    /// <summary>True for bytes that begin like an envelope.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Prefix);

    /// <summary>The envelope around an object.</summary>
    public static byte[] Write(IObject record) =>
        Write(record.KindInfo.ApiVersion, record.KindInfo.Kind, record.WriteProto);

    /// <summary>The envelope around a message that <paramref name="write"/> writes.</summary>
    public static byte[] Write(string apiVersion, string kind, Action<ProtoBuffer> write)
    {
        // The buffer is taken while in use: an envelope may hold another one.
        ProtoBuffer proto = buffer ?? new(16 * 1024);
        buffer = null;
        proto.Clear();
        proto.Field(4, "");
        proto.Field(3, "");
        int message = proto.Length;
        write(proto);
        proto.Header(2, message);
        int type = proto.Length;
        proto.Field(2, kind);
        proto.Field(1, apiVersion);
        proto.Header(1, type);
        proto.Raw(Prefix);
        byte[] written = proto.ToArray();
        buffer = proto;
        return written;
    }

    /// <summary>An object's message without the envelope.</summary>
    public static byte[] Message(IObject record)
    {
        ProtoBuffer proto = buffer ?? new(16 * 1024);
        buffer = null;
        proto.Clear();
        record.WriteProto(proto);
        byte[] written = proto.ToArray();
        buffer = proto;
        return written;
    }

    /// <summary>Opens an envelope. Damage is a <see cref="DecodeException"/>.</summary>
    public static ProtoEnvelope Read(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            throw new DecodeException("empty data");
        }

        if (!Is(bytes))
        {
            throw new DecodeException(
                "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        if (bytes.Length == Prefix.Length)
        {
            throw new DecodeException("empty body");
        }

        ProtoReader reader = new(bytes.AsSpan(Prefix.Length));
        (string apiVersion, string kind, ReadOnlyMemory<byte> message) = ("", "", default);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    ProtoReader type = reader.Message();
                    while (type.Next(out int part))
                    {
                        switch (part)
                        {
                            case 1:
                                apiVersion = type.ReadString();
                                break;
                            case 2:
                                kind = type.ReadString();
                                break;
                            default:
                                type.Skip();
                                break;
                        }
                    }

                    break;
                case 2:
                    message = reader.ReadBytes().AsMemory();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new(apiVersion, kind, message);
    }
}
