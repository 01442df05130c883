using System.Buffers;
using System.Buffers.Binary;

namespace Keelson.Rpc.Wire;

/// <summary>Puts the prefix before a message.</summary>
internal static class FrameWriter
{
    public static void Write<T>(RpcMarshaller<T> marshaller, T message, IBufferWriter<byte> output, int messageBytesMax)
    {
        int length = marshaller.Measure(message);
        if (length > messageBytesMax)
        {
            throw new RpcException(
                RpcStatusCode.ResourceExhausted,
                $"trying to send message larger than max ({length} vs. {messageBytesMax})");
        }

        Span<byte> prefix = output.GetSpan(FrameReader.PrefixBytes);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        output.Advance(FrameReader.PrefixBytes);
        marshaller.Write(message, output);
    }
}
