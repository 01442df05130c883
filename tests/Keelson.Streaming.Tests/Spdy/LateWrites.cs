namespace Keelson.Streaming.Tests.Spdy;

/// <summary>
/// A transport whose other side is quicker: the write that opens the last stream is done only when <see cref="Until"/>
/// is, and after it there is nobody left to write to.
/// </summary>
internal sealed class LateWrites(Stream inner, int streams) : Stream
{
    private int _opened;

    public Task Until { get; set; } = Task.CompletedTask;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_opened == streams)
        {
            throw new IOException("Cannot access a closed stream.");
        }

        ReadOnlySpan<byte> synStream = [0x80, 3, 0, 1];
        _opened += buffer.Span.StartsWith(synStream) ? 1 : 0;
        await inner.WriteAsync(buffer, cancellationToken);
        if (_opened == streams)
        {
            await Until;
        }
    }

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
