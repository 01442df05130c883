using System.Buffers;
using Google.Protobuf;

namespace Keelson.Rpc;

/// <summary>How messages of one type become bytes and back.</summary>
/// <param name="Measure">The exact number of bytes <paramref name="Write"/> produces.</param>
/// <param name="Write">Writes the message.</param>
/// <param name="Read">Reads one; throws when the bytes are not such a message. Must copy what it keeps.</param>
public sealed record RpcMarshaller<T>(
    Func<T, int> Measure, Action<T, IBufferWriter<byte>> Write, Func<ReadOnlySequence<byte>, T> Read);

/// <summary>The marshallers in use.</summary>
public static class RpcMarshaller
{
    /// <summary>Bytes as they are, for proxies that don't look inside.</summary>
    public static RpcMarshaller<ReadOnlyMemory<byte>> Bytes { get; } = new(
        static message => message.Length,
        static (message, output) => output.Write(message.Span),
        static input => input.ToArray());

    /// <summary>Protobuf messages that protoc generated.</summary>
    public static RpcMarshaller<T> Protobuf<T>()
        where T : class, IMessage<T>, IBufferMessage, new() => ProtobufMarshaller<T>.Instance;

    private static class ProtobufMarshaller<T>
        where T : class, IMessage<T>, IBufferMessage, new()
    {
        private static readonly MessageParser<T> Parser = new(static () => new T());

        public static readonly RpcMarshaller<T> Instance = new(
            static message => message.CalculateSize(),
            static (message, output) => message.WriteTo(output),
            static input => Parser.ParseFrom(input));
    }
}
