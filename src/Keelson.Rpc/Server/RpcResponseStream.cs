using System.IO.Pipelines;
using Keelson.Rpc.Wire;

namespace Keelson.Rpc;

/// <summary>Where a handler that answers with a stream writes. One writer at a time.</summary>
public sealed class RpcResponseStream<TResponse>
{
    private readonly RpcMarshaller<TResponse> marshaller;
    private readonly RpcServerContext context;
    private readonly int messageBytesMax;

    internal RpcResponseStream(RpcMarshaller<TResponse> marshaller, RpcServerContext context, int messageBytesMax)
    {
        this.marshaller = marshaller;
        this.context = context;
        this.messageBytesMax = messageBytesMax;
    }

    /// <summary>
    /// Sends one message; waits while the client's window is full. Throws <see cref="OperationCanceledException"/>
    /// when the client is gone.
    /// </summary>
    public async ValueTask WriteAsync(TResponse message)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        FrameWriter.Write(marshaller, message, context.Output, messageBytesMax);
        FlushResult flushed = await context.Output.FlushAsync(context.Cancellation).ConfigureAwait(false);
        if (flushed.IsCompleted || flushed.IsCanceled)
        {
            throw new OperationCanceledException("the client is gone", context.Cancellation);
        }
    }
}
