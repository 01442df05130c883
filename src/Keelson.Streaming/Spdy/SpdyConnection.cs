using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Keelson.Streaming.Spdy;

/// <summary>
/// SPDY/3.1 over a byte stream, as Kubernetes speaks it after <c>Upgrade: SPDY/3.1</c>: streams both ways, no flow
/// control of its own (a reader that is behind holds the connection up, not the memory), pings, GOAWAY. Either side may
/// open streams.
/// </summary>
public sealed class SpdyConnection : IAsyncDisposable
{
    /// <summary>Data is sent in frames of at most this, so that streams take turns.</summary>
    internal const int LargestDataSent = 32 * 1024;

    /// <summary>Streams open at once; two a forwarded connection.</summary>
    private const int MaxStreams = 2000;

    /// <summary>Control frames carry headers and numbers; what is longer is an attack.</summary>
    private const int MaxControlLength = 64 * 1024;

    private readonly Stream _transport;
    private readonly SpdyFrameReader _frames;
    private readonly SpdyHeaderDeflater _deflater = new();
    private readonly SpdyHeaderInflater _inflater = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<uint, SpdyStream> _streams = new();
    private readonly ConcurrentDictionary<uint, TaskCompletionSource> _pings = new();
    private readonly Channel<SpdyStream> _opened = Channel.CreateUnbounded<SpdyStream>();
    private readonly uint _parity;
    private uint _nextStreamId;
    private uint _nextPingId;
    private uint _lastRemoteStreamId;
    private volatile bool _isOver;
    private bool _saidGoodbye;
    private int _disposed;

    private SpdyConnection(Stream transport, bool isServer)
    {
        _transport = transport;
        _frames = new SpdyFrameReader(transport);

        // Clients number streams and pings odd, servers even.
        (_parity, _nextStreamId, _nextPingId) = isServer ? (0u, 2u, 2u) : (1u, 1u, 1u);
        Completion = Task.Run(ReadAsync);
    }

    /// <summary>Ends when the connection is over; never fails.</summary>
    public Task Completion { get; }

    /// <summary>Why the connection was lost; null while it lives, and when it was closed in good order.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The side that asked for the upgrade.</summary>
    public static SpdyConnection AsClient(Stream transport) => new(transport, isServer: false);

    /// <summary>The side that granted it.</summary>
    public static SpdyConnection AsServer(Stream transport) => new(transport, isServer: true);

    /// <summary>Opens a stream; done when the other side has accepted it.</summary>
    /// <exception cref="IOException">It was refused, or the connection is over.</exception>
    public async ValueTask<SpdyStream> OpenStreamAsync(
        IReadOnlyDictionary<string, string> headers, CancellationToken cancellation)
    {
        SpdyStream stream;
        await _writing.WaitAsync(cancellation);
        try
        {
            // The number and the place in the compressor's stream are taken in the order of sending.
            stream = new SpdyStream(this, _nextStreamId, headers);
            _nextStreamId += 2;
            _streams[stream.Id] = stream;
            byte[] block = _deflater.Deflate(SpdyHeaderBlock.Write(headers));
            await WriteFrameAsync(SpdyControlFrames.SynStream(stream.Id, block));
        }
        finally
        {
            _writing.Release();
        }

        if (_isOver && !stream.Reply.IsCompleted)
        {
            // The reader may have told all streams already, without this one.
            Forget(stream);
            throw Lost();
        }

        try
        {
            await stream.Reply.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await stream.DisposeAsync();
            throw;
        }

        return stream;
    }

    /// <summary>The next stream that the other side opens, not yet accepted; null at the connection's end.</summary>
    public async ValueTask<SpdyStream?> AcceptStreamAsync(CancellationToken cancellation) =>
        await _opened.Reader.WaitToReadAsync(cancellation) && _opened.Reader.TryRead(out SpdyStream? stream)
            ? stream
            : null;

    /// <summary>Asks for a sign of life and waits for it.</summary>
    public async Task PingAsync(CancellationToken cancellation)
    {
        uint id = Interlocked.Add(ref _nextPingId, 2) - 2;
        TaskCompletionSource pong = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pings[id] = pong;
        try
        {
            await SendAsync(SpdyControlFrames.Ping(id), cancellation);
            await pong.Task.WaitAsync(cancellation);
        }
        finally
        {
            _pings.TryRemove(id, out _);
        }
    }

    /// <summary>Says goodbye, closes the transport, ends every stream.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await Completion;
            return;
        }

        _saidGoodbye = true;
        try
        {
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
            await SendAsync(SpdyControlFrames.GoAway(_lastRemoteStreamId), patience.Token);
        }
        catch (Exception exception) when (exception is IOException
            or OperationCanceledException or ObjectDisposedException)
        {
            // Whom the goodbye was for is gone already, or does not listen.
        }

        await _transport.DisposeAsync();
        foreach (SpdyStream stream in _streams.Values)
        {
            stream.End(new SpdyStreamEndedException("the connection was closed"));
        }

        await Completion;
        _inflater.Dispose();
    }

    internal async ValueTask ReplyAsync(SpdyStream stream, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            byte[] block = _deflater.Deflate(SpdyHeaderBlock.Write([]));
            await WriteFrameAsync(SpdyControlFrames.SynReply(stream.Id, block));
        }
        finally
        {
            _writing.Release();
        }
    }

    internal ValueTask ResetStreamAsync(uint streamId, SpdyStatus status, CancellationToken cancellation) =>
        SendAsync(SpdyControlFrames.RstStream(streamId, status), cancellation);

    internal async ValueTask SendDataAsync(
        uint streamId, ReadOnlyMemory<byte> data, bool fin, CancellationToken cancellation)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(SpdyFrameHeader.Size + data.Length);
        try
        {
            byte flags = fin ? SpdyFrameHeader.FlagFin : (byte)0;
            new SpdyFrameHeader(SpdyFrameType.Data, streamId, flags, data.Length).Write(frame);
            data.CopyTo(frame.AsMemory(SpdyFrameHeader.Size));
            await SendAsync(frame.AsMemory(0, SpdyFrameHeader.Size + data.Length), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    internal void Forget(SpdyStream stream) => _streams.TryRemove(stream.Id, out _);

    internal void ForgetIfOver(SpdyStream stream)
    {
        if (stream.IsOver)
        {
            Forget(stream);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await WriteFrameAsync(frame);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Writes a frame; the caller holds <see cref="_writing"/>. Not to be cancelled: half a frame would make all that
    /// follow unreadable. A write that hangs ends with the transport.
    /// </summary>
    private async ValueTask WriteFrameAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await _transport.WriteAsync(frame, CancellationToken.None);
            await _transport.FlushAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or InvalidOperationException)
        {
            throw Lost();
        }
    }

    private SpdyStreamEndedException Lost() => new("the connection is over");

    private async Task ReadAsync()
    {
        try
        {
            while (await _frames.ReadHeaderAsync() is { } header)
            {
                await (header.Type == SpdyFrameType.Data ? ReadDataAsync(header) : ReadControlAsync(header));
            }
        }
        catch (Exception exception)
        {
            // Whatever ends the connection is told to every stream below; here it ends only the reading.
            Failure = _saidGoodbye ? null : exception;
        }

        _isOver = true;
        _opened.Writer.TryComplete();
        foreach (SpdyStream stream in _streams.Values)
        {
            if (Failure is { } failure)
            {
                stream.Lose(new SpdyStreamEndedException(failure.Message));
            }
            else
            {
                stream.End(new SpdyStreamEndedException("the connection was closed"));
            }
        }

        foreach (TaskCompletionSource ping in _pings.Values)
        {
            ping.TrySetException(Lost());
        }
    }

    private async ValueTask ReadDataAsync(SpdyFrameHeader header)
    {
        _streams.TryGetValue(header.StreamId, out SpdyStream? stream);
        await _frames.DeliverAsync(header.Length, stream);
        if (header.IsFin && _streams.TryGetValue(header.StreamId, out stream))
        {
            EndInput(stream);
        }
    }

    private async ValueTask ReadControlAsync(SpdyFrameHeader header)
    {
        if (header.Length > MaxControlLength)
        {
            throw new SpdyProtocolException($"a control frame of {header.Length} bytes is too long");
        }

        byte[] payload = await _frames.ReadPayloadAsync(header.Length);
        switch (header.Type)
        {
            case SpdyFrameType.SynStream:
                await OpenedAsync(header, NumberOf(payload, 0), ReadHeaders(payload, 10));
                break;
            case SpdyFrameType.SynReply:
                Replied(header, NumberOf(payload, 0), ReadHeaders(payload, 4));
                break;
            case SpdyFrameType.RstStream:
                Reset(NumberOf(payload, 0), NumberOf(payload, 4));
                break;
            case SpdyFrameType.Ping:
                await PingedAsync(NumberOf(payload, 0), payload);
                break;
            case SpdyFrameType.Headers:
                // They are in the compressor's stream and have to be read, though nobody asks for them.
                ReadHeaders(payload, 4);
                if (header.IsFin && _streams.TryGetValue(NumberOf(payload, 0), out SpdyStream? stream))
                {
                    EndInput(stream);
                }

                break;
            default:
                // Settings, windows and goodbyes need nothing done: no more streams come, those that are open go on.
                break;
        }
    }

    private async ValueTask OpenedAsync(SpdyFrameHeader header, uint id, Dictionary<string, string> headers)
    {
        if (id == 0 || id % 2 == _parity || id <= _lastRemoteStreamId)
        {
            throw new SpdyProtocolException($"stream {id} can't be opened: it is not the next one");
        }

        _lastRemoteStreamId = id;
        if (_streams.Count >= MaxStreams)
        {
            await ResetStreamAsync(id, SpdyStatus.RefusedStream, CancellationToken.None);
            return;
        }

        SpdyStream stream = new(this, id, headers);
        _streams[id] = stream;
        if (header.IsFin)
        {
            EndInput(stream);
        }

        _opened.Writer.TryWrite(stream);
    }

    private void Replied(SpdyFrameHeader header, uint id, Dictionary<string, string> headers)
    {
        if (!_streams.TryGetValue(id, out SpdyStream? stream))
        {
            return;
        }

        stream.Accepted(headers);
        if (header.IsFin)
        {
            EndInput(stream);
        }
    }

    private void Reset(uint id, uint status)
    {
        if (_streams.TryRemove(id, out SpdyStream? stream))
        {
            stream.End(new SpdyStreamEndedException($"stream {id} was reset by the other side ({(SpdyStatus)status})"));
        }
    }

    private async ValueTask PingedAsync(uint id, byte[] payload)
    {
        if (id % 2 != _parity)
        {
            await SendAsync(SpdyControlFrames.Ping(NumberOf(payload, 0)), CancellationToken.None);
        }
        else if (_pings.TryRemove(id, out TaskCompletionSource? pong))
        {
            pong.TrySetResult();
        }
    }

    private void EndInput(SpdyStream stream)
    {
        stream.EndInput(null);
        ForgetIfOver(stream);
    }

    private Dictionary<string, string> ReadHeaders(byte[] payload, int offset) =>
        SpdyHeaderBlock.Read(_inflater.Inflate(payload.AsSpan(Math.Min(offset, payload.Length))));

    private static uint NumberOf(byte[] payload, int offset) => payload.Length >= offset + 4
        ? BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(offset)) & 0x7fff_ffff
        : throw new SpdyProtocolException("a control frame is cut off");
}
