using System.Buffers.Binary;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// A frame holds the records of one group commit. Frozen layout, little endian, at a multiple of eight:
/// <code>
///    0  magic "KFRM"       4  payload length     8  sequence of the frame in the store's life
///   16  revision before    24  CRC-32C of segment number, file offset and the 24 bytes before
///   28  CRC-32C of segment number, file offset and all bytes from 32 on
///   32  payload, padded with zeros to a multiple of eight, then an end mark of eight bytes, none of them zero
/// </code>
/// The place is part of the sums, so the bytes of a frame mean nothing anywhere else, be it inside a value. The end
/// mark is there so that a frame whose last sector never reached the disk shows it.
/// </summary>
internal readonly record struct LogFrame(int PayloadLength, long Sequence, long BaseRevision)
{
    public const int HeaderLength = 32;
    public const int EndMarkLength = 8;
    private const uint Magic = 0x4d52464b; // "KFRM"
    private const ulong EndMark = 0x444e454d52464b7e; // "~KFRMEND"
    private const int HeaderSumOffset = 24;
    private const int BodySumOffset = 28;

    /// <summary>All bytes of the frame in the file.</summary>
    public long TotalLength => HeaderLength + Padded(PayloadLength) + EndMarkLength;

    /// <summary>Completes a frame whose header was left free before the payload.</summary>
    public static void Seal(ByteWriter bytes, long sequence, long baseRevision, long segment, long offset)
    {
        int payloadLength = bytes.Length - HeaderLength;
        bytes.Zeros((int)(Padded(payloadLength) - payloadLength));
        bytes.UInt64(EndMark);
        Span<byte> frame = bytes.Written;
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], payloadLength);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], baseRevision);
        BinaryPrimitives.WriteUInt32LittleEndian(
            frame[HeaderSumOffset..], Sum(frame[..HeaderSumOffset], segment, offset));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[BodySumOffset..], Sum(frame[HeaderLength..], segment, offset));
    }

    public static bool StartsWithMagic(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Magic;

    /// <summary>The frame's header; null if the bytes don't begin with one that belongs to this place.</summary>
    public static LogFrame? ReadHeader(ReadOnlySpan<byte> bytes, long segment, long offset)
    {
        if (bytes.Length < HeaderLength || !StartsWithMagic(bytes)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeaderSumOffset..])
                != Sum(bytes[..HeaderSumOffset], segment, offset))
        {
            return null;
        }
        return new LogFrame(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
    }

    /// <summary>True if the bytes begin with the whole frame, and its sum is right for its place.</summary>
    public bool IsIntact(ReadOnlySpan<byte> bytes, long segment, long offset) =>
        TotalLength <= bytes.Length
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[BodySumOffset..])
            == Sum(bytes[HeaderLength..(int)TotalLength], segment, offset);

    private static uint Sum(ReadOnlySpan<byte> bytes, long segment, long offset)
    {
        uint state = Crc32C.Append(Crc32C.Append(Crc32C.Start, segment), offset);
        return Crc32C.Finish(Crc32C.Append(state, bytes));
    }

    private static long Padded(long length) => (length + 7) & ~7L;
}
