using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Keelson.Machinery.Wire;

/// <summary>
/// Texts that occur in most objects exist once: decoding looks a short text up here before it allocates. The table is
/// filled by what is seen, never grows beyond its slots, and needs no lock: a lost race costs one more string.
/// </summary>
public static class ApiStrings
{
    /// <summary>4,096 slots of 8 bytes; a power of two so that the hash is masked.</summary>
    private const int Slots = 4096;

    private const int LongestShared = 48;

    private static readonly string?[] Table = new string?[Slots];

    internal static string Get(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || reader.ValueSpan.Length > LongestShared)
        {
            return Read(ref reader);
        }

        return Get(reader.ValueSpan) ?? Read(ref reader);
    }

    /// <summary>
    /// The text of a string or field name, not shared. As in Go, bytes that are no UTF-8 and escapes of half a surrogate
    /// pair become U+FFFD rather than an error.
    /// </summary>
    internal static string Read(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Repair(reader.ValueSpan);
        }
    }

    /// <summary>The shared string of ASCII bytes, or null when they are not ASCII.</summary>
    public static string? Get(ReadOnlySpan<byte> ascii)
    {
        if (!TryHash(ascii, out uint hash))
        {
            return null;
        }

        ref string? slot = ref Table[hash & (Slots - 1)];
        string? shared = Volatile.Read(ref slot);
        if (shared is not null && System.Text.Ascii.Equals(shared, ascii))
        {
            return shared;
        }

        string fresh = System.Text.Encoding.ASCII.GetString(ascii);
        Volatile.Write(ref slot, fresh);
        return fresh;
    }

    /// <summary>
    /// Hashes eight bytes at a time; the last eight may overlap those before. False when not all are ASCII.
    /// </summary>
    private static bool TryHash(ReadOnlySpan<byte> ascii, out uint hash)
    {
        const ulong NonAscii = 0x8080808080808080;
        const ulong Factor = 0x9E3779B97F4A7C15;
        ulong mixed = (ulong)ascii.Length;
        ulong seen = 0;
        if (ascii.Length >= sizeof(ulong))
        {
            for (int at = 0; at < ascii.Length - sizeof(ulong); at += sizeof(ulong))
            {
                ulong word = BinaryPrimitives.ReadUInt64LittleEndian(ascii[at..]);
                seen |= word;
                mixed = BitOperations.RotateLeft((mixed ^ word) * Factor, 29);
            }

            ulong last = BinaryPrimitives.ReadUInt64LittleEndian(ascii[^sizeof(ulong)..]);
            seen |= last;
            mixed ^= last;
        }
        else
        {
            foreach (byte one in ascii)
            {
                mixed = (mixed << 8) | one;
                seen |= one;
            }
        }

        hash = (uint)((mixed * Factor) >> 40);
        return (seen & NonAscii) == 0;
    }

    private static string Repair(ReadOnlySpan<byte> escaped)
    {
        StringBuilder text = new(escaped.Length);
        while (escaped.Length > 0)
        {
            if (escaped[0] != '\\')
            {
                bool ok = Rune.DecodeFromUtf8(escaped, out Rune rune, out int length) == OperationStatus.Done;
                text.Append(rune.ToString());
                escaped = escaped[(ok ? length : 1)..];
            }
            else if (escaped[1] == 'u')
            {
                text.Append((char)int.Parse(escaped.Slice(2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                escaped = escaped[6..];
            }
            else
            {
                text.Append((char)escaped[1] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', char other => other });
                escaped = escaped[2..];
            }
        }

        // Enumerating runes pairs surrogates and replaces those that have lost their half.
        StringBuilder paired = new(text.Length);
        foreach (Rune rune in text.ToString().EnumerateRunes())
        {
            paired.Append(rune.ToString());
        }

        return paired.ToString();
    }
}
