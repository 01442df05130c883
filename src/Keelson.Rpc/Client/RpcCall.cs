using System.Buffers;
using System.IO.Pipelines;
using Keelson.Rpc.Client;
using Keelson.Rpc.Wire;

namespace Keelson.Rpc;

/// <summary>
/// A call under way. At any time one caller may write and one may read; the two are independent. A failed call shows
/// as an <see cref="RpcException"/> at the reading end.
/// </summary>
public sealed class RpcCall<TRequest, TResponse> : IAsyncDisposable
{
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 16 * 1024);

    private readonly RpcChannel channel;
    private readonly RpcMethod<TRequest, TResponse> method;
    private readonly RpcCallOptions options;
    private readonly CancellationToken callerCancellation;
    private readonly CancellationTokenSource? deadline;
    private readonly CancellationTokenSource ending;
    private StreamingContent? requests;
    private ArrayBufferWriter<byte>? writeBuffer;
    private Task<HttpResponseMessage>? answer;
    private PipeReader? body;
    private FrameReader? frames;
    private RpcStatus? outcome;

    internal RpcCall(
        RpcChannel channel, RpcMethod<TRequest, TResponse> method, RpcCallOptions options,
        CancellationToken cancellation)
    {
        this.channel = channel;
        this.method = method;
        this.options = options;
        callerCancellation = cancellation;
        if (options.Timeout is { } timeout)
        {
            // A deadline in the past is legal and fails the call; one beyond the timer's reach never fires.
            TimeSpan wait = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout;
            deadline = wait.TotalMilliseconds > uint.MaxValue - 1
                ? new CancellationTokenSource()
                : new CancellationTokenSource(wait, channel.Config.Time);
            ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        }
        else
        {
            ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        }
    }

    /// <summary>What came behind the last message. Empty until the call has ended.</summary>
    public RpcMetadata Trailers { get; private set; } = [];

    /// <summary>Waits for the server's headers.</summary>
    public async Task<RpcMetadata> ReadHeadersAsync()
    {
        HttpResponseMessage response = await ReadAnswerAsync().ConfigureAwait(false);
        return Received(response.Headers);
    }

    /// <summary>
    /// Sends one request; returns when the transport has taken it. False when the server has ended the call already:
    /// then reading tells how.
    /// </summary>
    public async ValueTask<bool> WriteAsync(TRequest request, CancellationToken cancellation = default)
    {
        StreamingContent content = requests ?? throw new InvalidOperationException("the call has its one request");
        if (outcome is not null)
        {
            return false;
        }

        writeBuffer ??= new ArrayBufferWriter<byte>(1024);
        writeBuffer.ResetWrittenCount();
        FrameWriter.Write(method.Request, request, writeBuffer, channel.Config.SendMessageBytesMax);
        try
        {
            Stream stream = await content.Opened.WaitAsync(cancellation).ConfigureAwait(false);
            await stream.WriteAsync(writeBuffer.WrittenMemory, ending.Token).ConfigureAwait(false);
            await stream.FlushAsync(ending.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or ObjectDisposedException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Says that no more requests follow.</summary>
    public void CompleteWriting() => requests?.Complete();

    /// <summary>The next response; an empty result when the call succeeded. Throws when it failed.</summary>
    public async ValueTask<RpcReadResult<TResponse>> ReadAsync()
    {
        if (outcome is not null)
        {
            return outcome.Code == RpcStatusCode.OK ? default : throw new RpcException(outcome, Trailers);
        }

        HttpResponseMessage response = await ReadAnswerAsync().ConfigureAwait(false);
        try
        {
            if (frames is null)
            {
                Stream stream = await response.Content.ReadAsStreamAsync(ending.Token).ConfigureAwait(false);
                body = PipeReader.Create(stream, ReaderOptions);
                frames = new FrameReader(body, channel.Config.ReceiveMessageBytesMax);
            }

            Frame<TResponse> frame = await frames.ReadAsync(method.Response, ending.Token).ConfigureAwait(false);
            if (frame.TryGet(out TResponse? message))
            {
                return new RpcReadResult<TResponse>(true, message);
            }
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception);
        }

        Conclude(response);
        return outcome!.Code == RpcStatusCode.OK ? default : throw new RpcException(outcome, Trailers);
    }

    /// <summary>All responses up to the end.</summary>
    public async IAsyncEnumerable<TResponse> ReadAllAsync()
    {
        while (await ReadAsync().ConfigureAwait(false) is { HasMessage: true } result)
        {
            yield return result.Message;
        }
    }

    /// <summary>The one response of a call that has one, and the end of the call.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        RpcReadResult<TResponse> first = await ReadAsync().ConfigureAwait(false);
        if (!first.HasMessage)
        {
            throw new RpcException(
                RpcStatusCode.Internal,
                "cardinality violation: received no response message from non-server-streaming RPC");
        }

        if ((await ReadAsync().ConfigureAwait(false)).HasMessage)
        {
            throw new RpcException(
                RpcStatusCode.Internal,
                "cardinality violation: expected <EOF> for non server-streaming RPCs, but received another message");
        }

        return first.Message;
    }

    /// <summary>Ends the call if it still runs: the server sees it canceled.</summary>
    public async ValueTask DisposeAsync()
    {
        if (outcome is null)
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }

        requests?.Abandon();
        try
        {
            HttpResponseMessage response = await answer!.ConfigureAwait(false);
            response.Dispose();
        }
        catch (Exception exception) when (exception is RpcException or HttpRequestException or IOException
            or OperationCanceledException)
        {
            // Who wanted to know has read it.
        }

        if (body is not null)
        {
            await body.CompleteAsync().ConfigureAwait(false);
        }

        ending.Dispose();
        deadline?.Dispose();
    }

    internal void Start(HttpContent content, StreamingContent? streaming)
    {
        requests = streaming;
        answer = SendAsync(content);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContent content)
    {
        try
        {
            return await channel.SendAsync(method.Path, options, content, ending.Token).ConfigureAwait(false);
        }
        catch
        {
            requests?.Abandon();
            throw;
        }
    }

    private async ValueTask<HttpResponseMessage> ReadAnswerAsync()
    {
        HttpResponseMessage response;
        try
        {
            response = await answer!.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception);
        }

        string? contentType = response.Content.Headers.ContentType?.ToString();
        if (response.StatusCode != System.Net.HttpStatusCode.OK || !GrpcContentType.Matches(contentType))
        {
            throw TransportFailure.FromHttp(response.StatusCode, contentType);
        }

        return response;
    }

    // An error without messages may come in the headers alone; otherwise the status stands in the trailers.
    private void Conclude(HttpResponseMessage response)
    {
        bool trailersOnly = response.Headers.NonValidated.Contains(StatusTrailers.CodeName);
        System.Net.Http.Headers.HttpResponseHeaders source = trailersOnly ? response.Headers : response.TrailingHeaders;
        Trailers = Received(source);
        requests?.Abandon();
        outcome = StatusTrailers.Read(name =>
            source.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null)
            ?? new RpcStatus(RpcStatusCode.Internal, "server closed the stream without sending trailers");
    }

    private static RpcMetadata Received(System.Net.Http.Headers.HttpResponseHeaders headers)
    {
        var metadata = new RpcMetadata();
        foreach (var header in headers.NonValidated)
        {
            foreach (string value in header.Value)
            {
                metadata.AddReceived(header.Key, value);
            }
        }

        return metadata;
    }

    private Exception Translate(Exception exception)
    {
        if (callerCancellation.IsCancellationRequested)
        {
            return new OperationCanceledException("the call was canceled", exception, callerCancellation);
        }

        if (deadline is { IsCancellationRequested: true })
        {
            return new RpcException(RpcStatusCode.DeadlineExceeded, "context deadline exceeded", exception);
        }

        return exception is OperationCanceledException
            ? new RpcException(RpcStatusCode.Canceled, "context canceled", exception)
            : TransportFailure.From(exception);
    }
}

/// <summary>A message, or the end of a call that succeeded.</summary>
/// <param name="HasMessage">Whether there is a message.</param>
/// <param name="Message">The message, if there is one.</param>
public readonly record struct RpcReadResult<T>(bool HasMessage, T Message);
