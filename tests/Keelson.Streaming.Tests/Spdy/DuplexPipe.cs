using System.IO.Pipelines;

namespace Keelson.Streaming.Tests.Spdy;

/// <summary>Two ends of a connection in memory.</summary>
internal sealed class DuplexPipe : Stream
{
    private readonly Pipe _input;
    private readonly Pipe _output;

    private DuplexPipe(Pipe input, Pipe output) => (_input, _output) = (input, output);

    public static (Stream Client, Stream Server) Create()
    {
        // So small that tests see what happens when nobody reads.
        PipeOptions options = new(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024);
        (Pipe up, Pipe down) = (new Pipe(options), new Pipe(options));
        return (new DuplexPipe(down, up), new DuplexPipe(up, down));
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _input.Reader.AsStream(leaveOpen: true).ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult flushed = await _output.Writer.WriteAsync(buffer, cancellationToken);
        if (flushed.IsCompleted)
        {
            throw new IOException("broken pipe");
        }
    }

    public override ValueTask DisposeAsync()
    {
        _output.Writer.Complete();
        _input.Reader.CancelPendingRead();
        _input.Reader.Complete();
        return default;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
