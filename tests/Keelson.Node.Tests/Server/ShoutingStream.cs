using System.IO.Pipelines;
using System.Text;

namespace Keelson.Nodes.Tests.Server;

/// <summary>A connection that answers what is written to it in capitals, and ends after a full stop.</summary>
internal sealed class ShoutingStream : Stream
{
    private readonly Pipe _pipe = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _pipe.Reader.AsStream(leaveOpen: true).ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        string text = Encoding.ASCII.GetString(buffer.Span).ToUpperInvariant();
        await _pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        if (text.EndsWith('.'))
        {
            await _pipe.Writer.CompleteAsync();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
