using System.Buffers;
using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// Reads a snapshot, blocks in parallel; throws <see cref="StoreDamagedException"/> at what isn't right.
/// </summary>
internal static class SnapshotReader
{
    /// <summary>Reads the header.</summary>
    public static SnapshotFile ReadHeader(IDiskFile file, string path)
    {
        byte[] header = new byte[SnapshotFile.HeaderLength];
        return SnapshotFile.ReadHeader(header.AsSpan(0, file.Read(header, 0)), path);
    }

    public static SnapshotContent Read(IDiskFile file, string path)
    {
        SnapshotFile snapshot = ReadHeader(file, path);
        List<(long Offset, SnapshotBlock Block)> blocks = FindBlocks(file, path);
        KeyEntry[][] keys = new KeyEntry[blocks.Count][];
        List<LeaseSnapshot> leases = [];
        (long Keys, long Leases) expected = default;
        try
        {
            Parallel.For(0, blocks.Count, i =>
            {
                (long offset, SnapshotBlock block) = blocks[i];
                byte[] bytes = ArrayPool<byte>.Shared.Rent(SnapshotFile.BlockHeaderLength + block.PayloadLength);
                try
                {
                    ByteReader reader = new(ReadBlock(file, path, offset, block, bytes));
                    keys[i] = [];
                    switch (block.Kind)
                    {
                        case SnapshotBlockKind.Keys:
                            keys[i] = ReadKeys(ref reader, block.Count);
                            break;
                        case SnapshotBlockKind.Leases:
                            ReadLeases(ref reader, block.Count, leases);
                            break;
                        default:
                            expected = ((long)reader.UInt64(), (long)reader.UInt64());
                            break;
                    }
                }
                catch (FormatException exception)
                {
                    throw new StoreDamagedException(path, offset, exception.Message);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(bytes);
                }
            });
        }
        catch (AggregateException exception)
            when (exception.InnerExceptions.OfType<StoreDamagedException>().MinBy(damage => damage.Offset) is { } first)
        {
            throw first;
        }
        SnapshotContent content = new(snapshot, [.. keys.SelectMany(block => block)], leases);
        if (content.Keys.Length != expected.Keys || content.Leases.Count != expected.Leases)
        {
            throw new StoreDamagedException(path, blocks[^1].Offset, "the number of keys or leases is wrong");
        }
        return content;
    }

    private static List<(long Offset, SnapshotBlock Block)> FindBlocks(IDiskFile file, string path)
    {
        List<(long, SnapshotBlock)> blocks = [];
        Span<byte> header = stackalloc byte[SnapshotFile.BlockHeaderLength];
        long length = file.Length;
        for (long offset = SnapshotFile.HeaderLength; ;)
        {
            if (file.Read(header, offset) < header.Length)
            {
                throw new StoreDamagedException(path, offset, "the file ends before its end block");
            }
            SnapshotBlock block = SnapshotBlock.Read(header);
            long end = offset + header.Length + block.PayloadLength;
            if (block.Kind is < SnapshotBlockKind.Keys or > SnapshotBlockKind.End || block.PayloadLength < 0
                || block.Count < 0 || end > length)
            {
                throw new StoreDamagedException(path, offset, "this is not a block of a snapshot");
            }
            blocks.Add((offset, block));
            if (block.Kind == SnapshotBlockKind.End)
            {
                return end == length
                    ? blocks
                    : throw new StoreDamagedException(path, end, "the file goes on behind its end block");
            }
            offset = end;
        }
    }

    private static ReadOnlySpan<byte> ReadBlock(
        IDiskFile file, string path, long offset, SnapshotBlock block, byte[] buffer)
    {
        Span<byte> bytes = buffer.AsSpan(0, SnapshotFile.BlockHeaderLength + block.PayloadLength);
        ReadOnlySpan<byte> payload = bytes[SnapshotFile.BlockHeaderLength..];
        if (file.Read(bytes, offset) < bytes.Length || SnapshotBlock.SumOf(bytes[..12], payload, offset) != block.Sum)
        {
            throw new StoreDamagedException(path, offset, "a block's checksum is wrong");
        }
        return payload;
    }

    private static KeyEntry[] ReadKeys(ref ByteReader reader, int count)
    {
        KeyEntry[] entries = new KeyEntry[count];
        for (int i = 0; i < count; i++)
        {
            string key = reader.Key();
            long createRevision = (long)reader.Varint();
            long modRevision = createRevision + (long)reader.Varint();
            long version = (long)reader.Varint();
            long lease = (long)reader.Varint();
            entries[i] = new KeyEntry(
                key, new KeyVersion(key, reader.Value(), createRevision, modRevision, version, lease, null));
        }
        return entries;
    }

    private static void ReadLeases(ref ByteReader reader, int count, List<LeaseSnapshot> leases)
    {
        for (int i = 0; i < count; i++)
        {
            long id = (long)reader.Varint();
            leases.Add(new LeaseSnapshot(id, (long)reader.Varint(), 0));
        }
    }
}

/// <summary>What a snapshot holds: keys in order, leases without their time of expiry.</summary>
internal sealed record SnapshotContent(SnapshotFile Snapshot, KeyEntry[] Keys, List<LeaseSnapshot> Leases);
