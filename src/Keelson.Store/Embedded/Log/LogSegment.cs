using System.Buffers.Binary;
using System.Globalization;
using Keelson.Store.Embedded.Disk;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// What a log file says about itself. Frozen layout, 64 bytes, little endian:
/// <code>
///    0  magic "KEELLOG\n"   8  format version   12  zero   16  store id   24  segment number
///   32  sequence of the first frame            40  revision before it     48  zeros   60  CRC-32C of the 60 before
/// </code>
/// Frames follow, then zeros: room reserved ahead, cut off when the next segment begins.
/// </summary>
internal readonly record struct LogSegment(long StoreId, long Number, long FirstSequence, long BaseRevision)
{
    public const int HeaderLength = 64;
    public const uint FormatVersion = 1;
    private const ulong Magic = 0x0a474f4c4c45454b; // "KEELLOG\n"
    private const int SumOffset = 60;
    private const string Suffix = ".log";

    public string FileName => Number.ToString("x16", CultureInfo.InvariantCulture) + Suffix;

    public static bool IsFileName(string name) => name.Length == 16 + Suffix.Length && name.EndsWith(Suffix);

    public byte[] Header()
    {
        byte[] header = new byte[HeaderLength];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), StoreId);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), Number);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), BaseRevision);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(SumOffset), Sum(header));
        return header;
    }

    /// <summary>Reads a header; <paramref name="path"/> is for the error if there is none.</summary>
    public static LogSegment Read(IDiskFile file, string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.Read(header, 0) < HeaderLength)
        {
            throw new StoreDamagedException(path, file.Length, "the file ends within its header");
        }
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic)
        {
            throw new StoreDamagedException(path, 0, "this is not a log file of the store");
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[SumOffset..]) != Sum(header))
        {
            throw new StoreDamagedException(path, 0, "the header's checksum is wrong");
        }
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != FormatVersion)
        {
            throw new StoreDamagedException(
                path, 8, $"log format {version} is not known (this program writes {FormatVersion})");
        }
        return new LogSegment(
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]));
    }

    private static uint Sum(ReadOnlySpan<byte> header) =>
        Crc32C.Finish(Crc32C.Append(Crc32C.Start, header[..SumOffset]));
}
