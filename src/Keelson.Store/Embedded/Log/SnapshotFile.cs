using System.Buffers.Binary;
using System.Globalization;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// A snapshot: every key as it stood at one revision, and the leases. Frozen layout, little endian:
/// <code>
///   header, 64 bytes     0  magic "KEELSNP\n"   8  format version   12  zero   16  store id   24  revision
///                       32  zeros              60  CRC-32C of the 60 before
///   blocks               0  kind               4  payload length    8  entries
///                       12  CRC-32C of file offset, the 12 before and the payload     16  payload
/// </code>
/// Blocks of keys come first, keys in order, then one block of leases, then an end block whose payload is the number
/// of keys and of leases. It is complete if the end block is there. A key is: key, create revision, mod revision less
/// create revision, version, lease, value; a lease: id, time to live in seconds; numbers are varints.
/// </summary>
internal readonly record struct SnapshotFile(long StoreId, long Revision)
{
    public const int HeaderLength = 64;
    public const int BlockHeaderLength = 16;
    public const uint FormatVersion = 1;
    private const ulong Magic = 0x0a504e534c45454b; // "KEELSNP\n"
    private const int SumOffset = 60;
    private const string Suffix = ".snapshot";

    public string FileName => Revision.ToString("x16", CultureInfo.InvariantCulture) + Suffix;

    public static bool IsFileName(string name) => name.Length == 16 + Suffix.Length && name.EndsWith(Suffix);

    public byte[] Header()
    {
        byte[] header = new byte[HeaderLength];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), StoreId);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), Revision);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(SumOffset), HeaderSum(header));
        return header;
    }

    public static SnapshotFile ReadHeader(ReadOnlySpan<byte> header, string path)
    {
        if (header.Length < HeaderLength)
        {
            throw new StoreDamagedException(path, header.Length, "the file ends within its header");
        }
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic)
        {
            throw new StoreDamagedException(path, 0, "this is not a snapshot of the store");
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[SumOffset..]) != HeaderSum(header))
        {
            throw new StoreDamagedException(path, 0, "the header's checksum is wrong");
        }
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != FormatVersion)
        {
            throw new StoreDamagedException(
                path, 8, $"snapshot format {version} is not known (this program writes {FormatVersion})");
        }
        return new SnapshotFile(
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]), BinaryPrimitives.ReadInt64LittleEndian(header[24..]));
    }

    private static uint HeaderSum(ReadOnlySpan<byte> header) =>
        Crc32C.Finish(Crc32C.Append(Crc32C.Start, header[..SumOffset]));
}

/// <summary>What a block of a snapshot holds. Persisted.</summary>
internal enum SnapshotBlockKind : uint
{
    Keys = 1,
    Leases = 2,
    End = 3,
}

/// <summary>The header of a block; <see cref="SnapshotFile"/> has the layout.</summary>
internal readonly record struct SnapshotBlock(SnapshotBlockKind Kind, int PayloadLength, int Count, uint Sum)
{
    /// <summary>Completes a block whose header was left free before the payload.</summary>
    public static void Seal(ByteWriter bytes, SnapshotBlockKind kind, int count, long offset)
    {
        Span<byte> block = bytes.Written;
        BinaryPrimitives.WriteUInt32LittleEndian(block, (uint)kind);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length - SnapshotFile.BlockHeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(
            block[12..], SumOf(block[..12], block[SnapshotFile.BlockHeaderLength..], offset));
    }

    public static SnapshotBlock Read(ReadOnlySpan<byte> header) => new(
        (SnapshotBlockKind)BinaryPrimitives.ReadUInt32LittleEndian(header),
        BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(header[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(header[12..]));

    public static uint SumOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, long offset)
    {
        uint state = Crc32C.Append(Crc32C.Append(Crc32C.Start, offset), header);
        return Crc32C.Finish(Crc32C.Append(state, payload));
    }
}
