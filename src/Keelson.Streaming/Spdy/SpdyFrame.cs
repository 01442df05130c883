using System.Buffers.Binary;

namespace Keelson.Streaming.Spdy;

/// <summary>The control frames of SPDY/3.1.</summary>
public enum SpdyFrameType : ushort
{
    /// <summary>None: a data frame.</summary>
    Data = 0,

    /// <summary>Opens a stream.</summary>
    SynStream = 1,

    /// <summary>Accepts a stream.</summary>
    SynReply = 2,

    /// <summary>Ends a stream at once.</summary>
    RstStream = 3,

    /// <summary>Settings of the connection; carried by no client of Kubernetes.</summary>
    Settings = 4,

    /// <summary>Asks for, or is, a sign of life.</summary>
    Ping = 6,

    /// <summary>No more streams from now on.</summary>
    GoAway = 7,

    /// <summary>More headers of a stream.</summary>
    Headers = 8,

    /// <summary>Flow control, which the implementations around Kubernetes do not use.</summary>
    WindowUpdate = 9,
}

/// <summary>Why a stream ended (RST_STREAM).</summary>
public enum SpdyStatus : uint
{
    /// <summary>The rules were broken.</summary>
    ProtocolError = 1,

    /// <summary>A frame for a stream that is not there.</summary>
    InvalidStream = 2,

    /// <summary>The stream is not wanted.</summary>
    RefusedStream = 3,

    /// <summary>Whoever opened it has lost interest.</summary>
    Cancel = 5,

    /// <summary>An error of the implementation.</summary>
    InternalError = 6,
}

/// <summary>The eight bytes before every frame.</summary>
/// <param name="Type">The control frame's type; <see cref="SpdyFrameType.Data"/> for data.</param>
/// <param name="StreamId">A data frame's stream; 0 for control frames, which have it in their payload.</param>
/// <param name="Flags">The flags.</param>
/// <param name="Length">How many bytes follow.</param>
public readonly record struct SpdyFrameHeader(SpdyFrameType Type, uint StreamId, byte Flags, int Length)
{
    /// <summary>How long the header is.</summary>
    public const int Size = 8;

    /// <summary>The sender is done with the stream.</summary>
    public const byte FlagFin = 1;

    /// <summary>The longest payload that the 24 bits of the length can tell.</summary>
    public const int MaxLength = (1 << 24) - 1;

    private const ushort Version = 3;
    private const uint ControlBit = 0x8000_0000;

    /// <summary>True when the sender is done with the stream.</summary>
    public bool IsFin => (Flags & FlagFin) != 0;

    /// <summary>Reads a header.</summary>
    /// <exception cref="SpdyProtocolException">It is of another version.</exception>
    public static SpdyFrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        uint first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        uint second = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        (byte flags, int length) = ((byte)(second >> 24), (int)(second & MaxLength));
        if ((first & ControlBit) == 0)
        {
            return new(SpdyFrameType.Data, first, flags, length);
        }

        uint version = (first >> 16) & 0x7fff;
        return version == Version
            ? new((SpdyFrameType)(first & 0xffff), 0, flags, length)
            : throw new SpdyProtocolException($"SPDY version {version} is not spoken here");
    }

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> bytes)
    {
        uint first = Type == SpdyFrameType.Data ? StreamId : ControlBit | (uint)Version << 16 | (ushort)Type;
        BinaryPrimitives.WriteUInt32BigEndian(bytes, first);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)Flags << 24 | (uint)Length);
    }
}

/// <summary>Control frames as bytes.</summary>
public static class SpdyControlFrames
{
    /// <summary>SYN_STREAM: opens a stream.</summary>
    public static byte[] SynStream(uint streamId, ReadOnlySpan<byte> headerBlock) =>
        Write(SpdyFrameType.SynStream, [streamId, 0], headerBlock, gap: 2);

    /// <summary>SYN_REPLY: accepts a stream.</summary>
    public static byte[] SynReply(uint streamId, ReadOnlySpan<byte> headerBlock) =>
        Write(SpdyFrameType.SynReply, [streamId], headerBlock);

    /// <summary>RST_STREAM: ends a stream.</summary>
    public static byte[] RstStream(uint streamId, SpdyStatus status) =>
        Write(SpdyFrameType.RstStream, [streamId, (uint)status], []);

    /// <summary>PING.</summary>
    public static byte[] Ping(uint id) => Write(SpdyFrameType.Ping, [id], []);

    /// <summary>GOAWAY with the last stream of the other side that was taken; the status is "ok".</summary>
    public static byte[] GoAway(uint lastStreamId) => Write(SpdyFrameType.GoAway, [lastStreamId, 0], []);

    private static byte[] Write(
        SpdyFrameType type, ReadOnlySpan<uint> numbers, ReadOnlySpan<byte> headerBlock, int gap = 0)
    {
        int length = (numbers.Length * 4) + gap + headerBlock.Length;
        byte[] frame = new byte[SpdyFrameHeader.Size + length];
        new SpdyFrameHeader(type, 0, 0, length).Write(frame);
        Span<byte> rest = frame.AsSpan(SpdyFrameHeader.Size);
        foreach (uint number in numbers)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, number);
            rest = rest[4..];
        }

        // The gap is SYN_STREAM's priority and credential slot, both 0.
        headerBlock.CopyTo(rest[gap..]);
        return frame;
    }
}
