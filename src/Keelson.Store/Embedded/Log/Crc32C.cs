using System.Buffers.Binary;
using System.Numerics;

namespace Keelson.Store.Embedded.Log;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>Takes more bytes into the state.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (byte value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }
        return state;
    }

    /// <summary>Takes a number, as eight bytes, into the state.</summary>
    public static uint Append(uint state, long value) => BitOperations.Crc32C(state, (ulong)value);

    /// <summary>The sum, once all bytes are in.</summary>
    public static uint Finish(uint state) => ~state;
}
