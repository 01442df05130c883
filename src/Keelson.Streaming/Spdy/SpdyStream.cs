using System.Buffers;
using System.IO.Pipelines;

namespace Keelson.Streaming.Spdy;

/// <summary>
/// One of the two-way streams of a connection. Reading gives what the other side sends and ends when it has finished;
/// writing can be finished on its own (<see cref="CompleteWritesAsync"/>). Disposing a stream that is not finished
/// cancels it.
/// </summary>
public sealed class SpdyStream : Stream
{
    /// <summary>So much is kept for a reader before the connection waits for it.</summary>
    private const int BufferedMax = 256 * 1024;

    private readonly SpdyConnection _connection;
    private readonly Pipe _inbox = new(new PipeOptions(
        pauseWriterThreshold: BufferedMax, resumeWriterThreshold: BufferedMax / 2, useSynchronizationContext: false));

    private readonly TaskCompletionSource<IReadOnlyDictionary<string, string>> _reply =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _ended;
    private Exception? _loss;

    internal SpdyStream(SpdyConnection connection, uint id, IReadOnlyDictionary<string, string> headers) =>
        (_connection, Id, Headers) = (connection, id, headers);

    /// <summary>The stream's number in its connection.</summary>
    public uint Id { get; }

    /// <summary>What it was opened with; names in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The other side's answer to the opening.</summary>
    internal Task<IReadOnlyDictionary<string, string>> Reply => _reply.Task;

    internal bool IsOver => (_ended & (int)(Ends.Input | Ends.Output)) == (int)(Ends.Input | Ends.Output);

    /// <summary>Accepts a stream that the other side opened.</summary>
    public ValueTask AcceptAsync(CancellationToken cancellation = default) =>
        _connection.ReplyAsync(this, cancellation);

    /// <summary>Ends the stream at once, both ways.</summary>
    public async ValueTask ResetAsync(SpdyStatus status, CancellationToken cancellation = default)
    {
        bool wasOver = IsOver;
        End(Ends.Output);
        EndInput(null);
        await _inbox.Reader.CompleteAsync();
        _connection.Forget(this);
        if (!wasOver)
        {
            await _connection.ResetStreamAsync(Id, status, cancellation);
        }
    }

    /// <summary>Tells the other side that nothing more will be sent. What it sends can still be read.</summary>
    public async ValueTask CompleteWritesAsync(CancellationToken cancellation = default)
    {
        if (End(Ends.Output))
        {
            await _connection.SendDataAsync(Id, default, fin: true, cancellation);
            _connection.ForgetIfOver(this);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult read = await _inbox.Reader.ReadAsync(cancellationToken);
        int count = (int)Math.Min(buffer.Length, read.Buffer.Length);
        ReadOnlySequence<byte> taken = read.Buffer.Slice(0, count);
        taken.CopyTo(buffer.Span);
        bool atEnd = read.Buffer.IsEmpty && read.IsCompleted;
        _inbox.Reader.AdvanceTo(taken.End);
        return atEnd && _loss is { } loss ? throw loss : count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if ((_ended & (int)Ends.Output) != 0)
            {
                throw new SpdyStreamEndedException($"stream {Id} can't be written to any more");
            }

            int length = Math.Min(buffer.Length, SpdyConnection.LargestDataSent);
            await _connection.SendDataAsync(Id, buffer[..length], fin: false, cancellationToken);
            buffer = buffer[length..];
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await ResetAsync(SpdyStatus.Cancel);
        }
        catch (IOException)
        {
            // The connection is gone, and the stream with it.
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Takes a part of a data frame; waits while the reader is behind. False when nobody reads any more.
    /// </summary>
    internal async ValueTask<bool> DeliverAsync(ReadOnlySequence<byte> data)
    {
        if ((_ended & (int)Ends.Input) != 0)
        {
            return false;
        }

        foreach (ReadOnlyMemory<byte> part in data)
        {
            _inbox.Writer.Write(part.Span);
        }

        return !(await _inbox.Writer.FlushAsync()).IsCompleted;
    }

    /// <summary>Nothing more comes; a loss is told to the reader behind what came before it.</summary>
    internal void EndInput(Exception? loss)
    {
        if (End(Ends.Input))
        {
            _loss = loss;
            _inbox.Writer.Complete();
        }
    }

    /// <summary>
    /// The other side is done with the stream or the connection: what came can be read, then the stream ends. Peers
    /// reset every stream before they close a connection in good order, so a reset is no error.
    /// </summary>
    internal void End(Exception reason)
    {
        End(Ends.Output);
        EndInput(null);
        Refuse(reason);
    }

    /// <summary>The connection was lost.</summary>
    internal void Lose(Exception loss)
    {
        End(Ends.Output);
        EndInput(loss);
        Refuse(loss);
    }

    internal void Accepted(IReadOnlyDictionary<string, string> headers) => _reply.TrySetResult(headers);

    internal void Refuse(Exception error)
    {
        _reply.TrySetException(error);

        // Nobody may be waiting for the answer any more.
        _ = _reply.Task.Exception;
    }

    /// <summary>Marks a direction as ended; true for the first who does.</summary>
    private bool End(Ends end) => (Interlocked.Or(ref _ended, (int)end) & (int)end) == 0;

    [Flags]
    private enum Ends
    {
        Input = 1,
        Output = 2,
    }
}
