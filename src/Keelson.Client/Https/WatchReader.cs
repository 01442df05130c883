using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Wire;

namespace Keelson.Client.Https;

/// <summary>Reads the events of a watch: protobuf behind its length in four bytes, or JSON one behind the
/// other.</summary>
internal sealed class WatchReader(Stream stream, ApiKind kind, bool isProto, bool metadataOnly)
{
    private const int LongestFrame = 256 * 1024 * 1024;
    private const string InitialEnd = "k8s.io/initial-events-end";

    // Most watches are quiet most of the time: there is a buffer only when there is something to read.
    private readonly PipeReader _pipe = PipeReader.Create(
        stream, new StreamPipeReaderOptions(bufferSize: 32 * 1024, minimumReadSize: 4096, useZeroByteReads: true));

    /// <summary>The next event; null at the end of the stream.</summary>
    public async ValueTask<WatchNotice?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await _pipe.ReadAsync(cancellationToken);
            if (TryFrame(read.Buffer, out ReadOnlySequence<byte> frame, out SequencePosition next))
            {
                WatchNotice notice = isProto ? ReadProto(frame.ToArray()) : ReadJson(frame.ToArray());
                _pipe.AdvanceTo(next);
                return notice;
            }

            if (read.IsCompleted)
            {
                // What is left is the beginning of an event that never came.
                return null;
            }

            _pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private bool TryFrame(ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame, out SequencePosition next)
    {
        (frame, next) = (default, buffer.Start);
        if (!isProto)
        {
            // The server's encoder ends each event with a line break, and escapes those within.
            if (buffer.PositionOf((byte)'\n') is not { } line)
            {
                return false;
            }

            frame = buffer.Slice(0, line);
            next = buffer.GetPosition(1, line);
            return true;
        }

        if (buffer.Length < sizeof(int))
        {
            return false;
        }

        Span<byte> head = stackalloc byte[sizeof(int)];
        buffer.Slice(0, sizeof(int)).CopyTo(head);
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > LongestFrame)
        {
            throw new DecodeException($"a frame of {length} bytes");
        }

        if (buffer.Length < sizeof(int) + (long)length)
        {
            return false;
        }

        frame = buffer.Slice(sizeof(int), length);
        next = frame.End;
        return true;
    }

    private WatchNotice ReadProto(byte[] frame)
    {
        ReadOnlyMemory<byte> message = ProtoEnvelope.Is(frame) ? ProtoEnvelope.Read(frame).Content : frame;
        ProtoReader reader = new(message.Span);
        string type = "";
        byte[] raw = [];
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    type = reader.ReadString();
                    break;
                case 2:
                    ProtoReader extension = reader.Message();
                    while (extension.Next(out int part))
                    {
                        if (part == 1)
                        {
                            raw = extension.ReadBytes().AsSpan().ToArray();
                        }
                        else
                        {
                            extension.Skip();
                        }
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return Notice(type, ProtoEnvelope.Read(raw).Content.Span);
    }

    private WatchNotice ReadJson(byte[] frame)
    {
        using JsonDocument document = JsonDocument.Parse(frame);
        string type = document.RootElement.GetProperty("type").GetString() ?? "";
        return Notice(type, Encoding.UTF8.GetBytes(document.RootElement.GetProperty("object").GetRawText()));
    }

    private WatchNotice Notice(string type, ReadOnlySpan<byte> content)
    {
        if (type == "ERROR")
        {
            return new(WatchNoticeType.Error, null, "", AnswerReader.ReadStatus(content, isProto));
        }

        IObject obj = Decode(content);
        string version = obj.Metadata.ResourceVersion;
        return type switch
        {
            "ADDED" => new(WatchNoticeType.Added, obj, version),
            "MODIFIED" => new(WatchNoticeType.Modified, obj, version),
            "DELETED" => new(WatchNoticeType.Deleted, obj, version),
            "BOOKMARK" => new(
                obj.Metadata.Annotations.Any(static one => one.Key == InitialEnd && one.Value == "true")
                    ? WatchNoticeType.InitialEnd
                    : WatchNoticeType.Bookmark,
                null,
                version),
            _ => throw new DecodeException($"an event of the type \"{type}\""),
        };
    }

    private IObject Decode(ReadOnlySpan<byte> content)
    {
        if (!metadataOnly)
        {
            return isProto ? kind.DecodeProto(content) : kind.DecodeJson(content);
        }

        if (isProto)
        {
            ProtoReader reader = new(content);
            return PartialObjectMetadata.ReadProto(ref reader);
        }

        JsonDecoder decoder = new(content);
        return PartialObjectMetadata.ReadJson(ref decoder);
    }
}
