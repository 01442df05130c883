using System.Text.Json;

namespace Keelson.Machinery.Wire;

/// <summary>
/// Texts that occur in most objects exist once: decoding looks a short text up here before it allocates. The table is
/// filled by what is seen, never grows beyond its slots, and needs no lock: a lost race costs one more string.
/// </summary>
internal static class ApiStrings
{
    /// <summary>4,096 slots of 8 bytes; a power of two so that the hash is masked.</summary>
    private const int Slots = 4096;

    private const int LongestShared = 48;

    private static readonly string?[] Table = new string?[Slots];

    public static string Get(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || reader.ValueSpan.Length > LongestShared)
        {
            return reader.GetString()!;
        }

        return Get(reader.ValueSpan) ?? reader.GetString()!;
    }

    /// <summary>The shared string of ASCII bytes, or null when they are not ASCII.</summary>
    public static string? Get(ReadOnlySpan<byte> ascii)
    {
        uint hash = 2166136261;
        foreach (byte one in ascii)
        {
            if (one >= 0x80)
            {
                return null;
            }

            hash = (hash ^ one) * 16777619;
        }

        ref string? slot = ref Table[(hash ^ (hash >> 15)) & (Slots - 1)];
        string? shared = Volatile.Read(ref slot);
        if (shared is not null && System.Text.Ascii.Equals(shared, ascii))
        {
            return shared;
        }

        string fresh = System.Text.Encoding.ASCII.GetString(ascii);
        Volatile.Write(ref slot, fresh);
        return fresh;
    }
}
