using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Keelson.Rpc.Wire;

namespace Keelson.Rpc.Client;

/// <summary>The body of a call with one request.</summary>
internal sealed class SingleMessageContent<T> : HttpContent
{
    private readonly ArrayBufferWriter<byte> frame;

    public SingleMessageContent(RpcMarshaller<T> marshaller, T message, int messageBytesMax)
    {
        frame = new ArrayBufferWriter<byte>(FrameReader.PrefixBytes + marshaller.Measure(message));
        FrameWriter.Write(marshaller, message, frame, messageBytesMax);
        Headers.ContentType = new MediaTypeHeaderValue(GrpcContentType.Value);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellation) =>
        stream.WriteAsync(frame.WrittenMemory, cancellation).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}

/// <summary>The body of a call whose requests come one by one: hands its stream out and waits for the end.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamingContent() => Headers.ContentType = new MediaTypeHeaderValue(GrpcContentType.Value);

    /// <summary>Where to write; fails when the call never gets as far.</summary>
    public Task<Stream> Opened => opened.Task;

    public void Complete() => completed.TrySetResult();

    /// <summary>The call is over: nobody need wait for the stream any more.</summary>
    public void Abandon()
    {
        opened.TrySetCanceled(CancellationToken.None);
        completed.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellation)
    {
        // Without a flush the headers would wait for the first message, and the server's answer with them.
        await stream.FlushAsync(cancellation).ConfigureAwait(false);
        opened.TrySetResult(stream);
        await completed.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}

/// <summary>What both sides say the body is.</summary>
internal static class GrpcContentType
{
    public const string Value = "application/grpc";

    /// <summary>True for application/grpc and for its forms with a codec (+proto) or parameters.</summary>
    public static bool Matches(string? contentType) =>
        contentType is not null && contentType.StartsWith(Value, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == Value.Length || contentType[Value.Length] is '+' or ';');
}
