using System.Buffers.Binary;
using System.IO.Compression;

namespace Keelson.Streaming.Spdy;

/// <summary>
/// Writes a connection's header blocks into one zlib stream, uncompressed: streams carry some dozen bytes of headers,
/// for which a compressor of 256 KiB a connection would be no gain.
/// </summary>
internal sealed class SpdyHeaderDeflater
{
    private const int MaxStored = ushort.MaxValue;

    /// <summary>CMF and FLG of a zlib stream with a window of 32 KiB, without a dictionary.</summary>
    private static readonly byte[] ZlibHeader = [0x78, 0x01];

    private bool _begun;

    /// <summary>The block as the next part of the stream; ends with the empty block of a sync flush.</summary>
    public byte[] Deflate(ReadOnlySpan<byte> block)
    {
        using MemoryStream output = new(block.Length + 16);
        if (!_begun)
        {
            output.Write(ZlibHeader);
            _begun = true;
        }

        while (block.Length > 0)
        {
            int length = Math.Min(block.Length, MaxStored);
            output.Write(StoredHeader(length));
            output.Write(block[..length]);
            block = block[length..];
        }

        output.Write(StoredHeader(0));
        return output.ToArray();
    }

    /// <summary>A block that is not the last and not compressed: a zero byte, the length, its complement.</summary>
    internal static byte[] StoredHeader(int length)
    {
        byte[] header = new byte[5];
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(1), (ushort)length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(3), (ushort)~length);
        return header;
    }
}

/// <summary>
/// Reads the header blocks of a connection, all parts of one zlib stream with SPDY's dictionary. .NET's inflater takes
/// no dictionary; it is given one as an uncompressed block in front of everything else, whose output is thrown away:
/// the window then holds what the compressor's window held.
/// </summary>
internal sealed class SpdyHeaderInflater : IDisposable
{
    /// <summary>More than any client sends, and a bound on what a small compressed block may become.</summary>
    public const int MaxInflated = 64 * 1024;

    private const int HasDictionary = 0x20;

    private readonly FeedStream _feed = new();
    private readonly DeflateStream _inflater;
    private bool _begun;

    public SpdyHeaderInflater() => _inflater = new DeflateStream(_feed, CompressionMode.Decompress);

    /// <summary>The block that comes next in the stream.</summary>
    /// <exception cref="SpdyProtocolException">It can't be inflated, or becomes too long.</exception>
    public byte[] Inflate(ReadOnlySpan<byte> deflated)
    {
        try
        {
            if (!_begun)
            {
                deflated = Begin(deflated);
            }

            _feed.Add(deflated);
            return Drain();
        }
        catch (InvalidDataException exception)
        {
            throw new SpdyProtocolException("the headers of a stream can't be inflated: " + exception.Message);
        }
    }

    public void Dispose() => _inflater.Dispose();

    private ReadOnlySpan<byte> Begin(ReadOnlySpan<byte> deflated)
    {
        if (deflated.Length < 2 || (deflated[0] & 0x0f) != 8)
        {
            throw new SpdyProtocolException("the headers of a stream are no zlib stream");
        }

        int skip = (deflated[1] & HasDictionary) != 0 ? 6 : 2;
        if (deflated.Length < skip)
        {
            throw new SpdyProtocolException("the headers of a stream are cut off");
        }

        _begun = true;
        _feed.Add(SpdyHeaderDeflater.StoredHeader(SpdyDictionary.Bytes.Length));
        _feed.Add(SpdyDictionary.Bytes);
        if (Drain().Length != SpdyDictionary.Bytes.Length)
        {
            throw new SpdyProtocolException("the inflater keeps the dictionary back");
        }

        return deflated[skip..];
    }

    private byte[] Drain()
    {
        using MemoryStream block = new();
        Span<byte> chunk = stackalloc byte[2048];
        while (_inflater.Read(chunk) is > 0 and int count)
        {
            block.Write(chunk[..count]);
            if (block.Length > MaxInflated)
            {
                throw new SpdyProtocolException("the headers of a stream are too long");
            }
        }

        return block.ToArray();
    }

    /// <summary>Bytes that are there, then none until more are added.</summary>
    private sealed class FeedStream : Stream
    {
        private readonly MemoryStream _bytes = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (_bytes.Position == _bytes.Length)
            {
                _bytes.SetLength(0);
            }

            long read = _bytes.Position;
            _bytes.Position = _bytes.Length;
            _bytes.Write(bytes);
            _bytes.Position = read;
        }

        public override int Read(byte[] buffer, int offset, int count) => _bytes.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => _bytes.Read(buffer);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
