using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace Keelson.Rpc.Wire;

/// <summary>
/// Cuts a body into messages: a flag byte, four bytes of length (big endian), the message. No compression is ever
/// offered or accepted, so the flag must be zero.
/// </summary>
internal sealed class FrameReader(PipeReader input, int messageBytesMax)
{
    public const int PrefixBytes = 5;

    /// <summary>The next message. Throws <see cref="RpcException"/> when it is malformed.</summary>
    public async ValueTask<Frame<T>> ReadAsync<T>(RpcMarshaller<T> marshaller, CancellationToken cancellation)
    {
        ReadResult result = await input.ReadAtLeastAsync(PrefixBytes, cancellation).ConfigureAwait(false);
        if (result.Buffer.IsEmpty && result.IsCompleted)
        {
            return default;
        }

        int length = ReadPrefix(result.Buffer);
        if (result.Buffer.Length < PrefixBytes + length)
        {
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await input.ReadAtLeastAsync(PrefixBytes + length, cancellation).ConfigureAwait(false);
        }

        if (result.Buffer.Length < PrefixBytes + length)
        {
            throw UnexpectedEnd();
        }

        ReadOnlySequence<byte> body = result.Buffer.Slice(PrefixBytes, length);
        T message = Parse(marshaller, body);
        input.AdvanceTo(body.End);
        return new Frame<T>(true, message);
    }

    private static T Parse<T>(RpcMarshaller<T> marshaller, ReadOnlySequence<byte> body)
    {
        try
        {
            return marshaller.Read(body);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException malformed)
        {
            throw new RpcException(
                RpcStatusCode.Internal, $"grpc: failed to unmarshal the received message: {malformed.Message}",
                malformed);
        }
    }

    private static RpcException UnexpectedEnd() => new(RpcStatusCode.Internal, "unexpected EOF");

    private int ReadPrefix(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < PrefixBytes)
        {
            throw UnexpectedEnd();
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] == 1)
        {
            throw new RpcException(RpcStatusCode.Internal, "grpc: compressed flag set with identity or empty encoding");
        }

        if (prefix[0] != 0)
        {
            throw new RpcException(RpcStatusCode.Internal, $"grpc: received unexpected payload format {prefix[0]}");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > messageBytesMax)
        {
            throw new RpcException(
                RpcStatusCode.ResourceExhausted,
                $"grpc: received message larger than max ({length} vs. {messageBytesMax})");
        }

        return (int)length;
    }
}

/// <summary>A message, or the end of the stream.</summary>
internal readonly record struct Frame<T>(bool HasMessage, T? MessageOrNothing)
{
    public bool TryGet([MaybeNullWhen(false)] out T message)
    {
        message = MessageOrNothing;
        return HasMessage;
    }
}
