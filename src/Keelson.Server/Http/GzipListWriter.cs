using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Keelson.Server.Storage;

namespace Keelson.Server.Http;

/// <summary>
/// Writes a list as one gzip stream that is joined of parts. Each chunk of a snapshot is compressed once and kept, so
/// that a list of objects that did not change is a copy; its sum is joined of the parts' sums.
/// </summary>
internal sealed class GzipListWriter(PipeWriter body, int skip, CancellationToken aborted)
{
    /// <summary>The most that is compressed in one go; more than any chunk of objects of ordinary size.</summary>
    private const int PartBytesMax = 4 << 20;

    /// <summary>The header: a deflated stream, no name, no time, made fast, on an unknown system.</summary>
    private static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

    private uint _sum;
    private long _length;

    /// <summary>Writes the list.</summary>
    public async Task WriteAsync(ListForm form, ObjectRange range)
    {
        body.Write(Header);
        using PooledBuffer ends = new(1024);
        form.Begin(ends);
        Store(ends.Written.Span, isLast: false);
        bool isFirst = true;
        foreach (ObjectSlice slice in range.Slices)
        {
            for (int from = slice.From; from < slice.To;)
            {
                if (!isFirst)
                {
                    Store(","u8, isLast: false);
                }

                isFirst = false;
                GzipFragment part = PartOf(slice, ref from);
                body.Write(part.Deflated);
                Count(part.Sum, part.Length);
                FlushResult flushed = await body.FlushAsync(aborted);
                if (flushed.IsCompleted)
                {
                    return;
                }
            }
        }

        ends.Clear();
        form.End(ends, isFirst);
        Store(ends.Written.Span, isLast: true);
        Span<byte> trailer = body.GetSpan(8);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _sum);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)_length);
        body.Advance(8);
        await body.FlushAsync(aborted);
    }

    /// <summary>The next part of a slice: all of it, unless it is large.</summary>
    private GzipFragment PartOf(ObjectSlice slice, ref int from)
    {
        if (slice.IsWhole && from == slice.From && slice.Chunk.Compressed is { } kept)
        {
            from = slice.To;
            return kept;
        }

        int start = from;
        long bytes = 0;
        while (from < slice.To && (from == start || bytes < PartBytesMax))
        {
            bytes += slice.Chunk.Objects[from++].Size;
        }

        GzipFragment part = Compress(slice.Chunk.Objects.AsSpan(start, from - start));
        if (start == 0 && from == slice.Chunk.Objects.Length && slice.Chunk.Objects[0].Budget is { } budget)
        {
            slice.Chunk.Keep(part, budget);
        }

        return part;
    }

    private GzipFragment Compress(ReadOnlySpan<StoredObject> objects)
    {
        using MemoryStream compressed = new(64 * 1024);
        using PooledBuffer buffer = new(64 * 1024);
        long length = 0;
        int end;
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < objects.Length; i++)
            {
                if (i > 0)
                {
                    buffer.Write(","u8);
                }

                objects[i].Write(buffer, skip);
                if (buffer.Length >= 32 * 1024 || i == objects.Length - 1)
                {
                    length += buffer.Length;
                    gzip.Write(buffer.Written.Span);
                    buffer.Clear();
                }
            }

            // A flush ends on a byte and begins a block anew; what the stream's own end adds is not wanted, but for the
            // sum.
            gzip.Flush();
            end = (int)compressed.Length;
        }

        ReadOnlySpan<byte> whole = compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
        uint sum = BinaryPrimitives.ReadUInt32LittleEndian(whole[^8..]);
        return new(whole[Header.Length..end].ToArray(), sum, length);
    }

    /// <summary>Writes bytes as they are: blocks of the type "stored".</summary>
    private void Store(ReadOnlySpan<byte> bytes, bool isLast)
    {
        Count(Crc32.Of(bytes), bytes.Length);
        do
        {
            ReadOnlySpan<byte> block = bytes[..Math.Min(bytes.Length, ushort.MaxValue)];
            bytes = bytes[block.Length..];
            Span<byte> head = body.GetSpan(5);
            head[0] = (byte)(isLast && bytes.IsEmpty ? 1 : 0);
            BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)block.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~block.Length);
            body.Advance(5);
            body.Write(block);
        }
        while (!bytes.IsEmpty);
    }

    private void Count(uint sum, long length)
    {
        _sum = Crc32.Join(_sum, sum, length);
        _length += length;
    }
}
