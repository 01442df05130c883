using System.Buffers;
using System.IO.Pipelines;

namespace Keelson.Streaming.Spdy;

/// <summary>Takes frames off a byte stream, piece by piece: a header, then its payload, whole or in parts.</summary>
internal sealed class SpdyFrameReader(Stream transport)
{
    private readonly PipeReader _input = PipeReader.Create(
        transport, new StreamPipeReaderOptions(bufferSize: SpdyConnection.LargestDataSent, leaveOpen: true));

    /// <summary>The next frame's header; null when the other side is done.</summary>
    public async ValueTask<SpdyFrameHeader?> ReadHeaderAsync()
    {
        ReadResult read = await _input.ReadAtLeastAsync(SpdyFrameHeader.Size);
        if (read.Buffer.Length < SpdyFrameHeader.Size)
        {
            return read.Buffer.IsEmpty ? null : throw CutOff();
        }

        ReadOnlySequence<byte> bytes = read.Buffer.Slice(0, SpdyFrameHeader.Size);
        SpdyFrameHeader header = SpdyFrameHeader.Read(bytes.ToArray());
        _input.AdvanceTo(bytes.End);
        return header;
    }

    /// <summary>A whole payload.</summary>
    public async ValueTask<byte[]> ReadPayloadAsync(int length)
    {
        if (length == 0)
        {
            return [];
        }

        ReadResult read = await _input.ReadAtLeastAsync(length);
        if (read.Buffer.Length < length)
        {
            throw CutOff();
        }

        byte[] payload = read.Buffer.Slice(0, length).ToArray();
        _input.AdvanceTo(read.Buffer.GetPosition(length));
        return payload;
    }

    /// <summary>Hands a payload on as it comes; what a stream does not take any more is thrown away.</summary>
    public async ValueTask DeliverAsync(int length, SpdyStream? stream)
    {
        for (long left = length; left > 0;)
        {
            ReadResult read = await _input.ReadAsync();
            if (read.Buffer.IsEmpty && read.IsCompleted)
            {
                throw CutOff();
            }

            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            left -= part.Length;
            if (stream is not null && !await stream.DeliverAsync(part))
            {
                stream = null;
            }

            _input.AdvanceTo(part.End);
        }
    }

    private static SpdyProtocolException CutOff() => new("a frame is cut off");
}
