using System.Text.Json;

namespace Keelson.Server.Storage;

/// <summary>
/// Steps over parts of JSON that was checked when it was stored, and so only looks for quotes and brackets. What turns
/// out not to be whole ends with a <see cref="JsonException"/>.
/// </summary>
internal static class JsonSkip
{
    /// <summary>Goes to the next byte that is no blank, and gives it.</summary>
    public static byte Blanks(ReadOnlySpan<byte> json, ref int at)
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at < json.Length ? json[at] : throw Cut();
    }

    /// <summary>Goes past a sign and the blanks around it.</summary>
    public static void Past(ReadOnlySpan<byte> json, ref int at, byte sign)
    {
        if (Blanks(json, ref at) != sign)
        {
            throw Cut();
        }

        at++;
        Blanks(json, ref at);
    }

    /// <summary>The offset behind the value that begins at an offset.</summary>
    public static int Behind(ReadOnlySpan<byte> json, int at)
    {
        byte first = json[at];
        if (first == (byte)'"')
        {
            return BehindText(json, at);
        }

        return first is (byte)'{' or (byte)'['
            ? BehindNested(json, at)
            : at + Next(json[at..].IndexOfAny(",}] \n\r\t"u8));
    }

    private static int BehindNested(ReadOnlySpan<byte> json, int at)
    {
        JsonBlocks blocks = default;
        for (; json.Length - at >= JsonBlocks.Size; at += JsonBlocks.Size)
        {
            int end = blocks.EndIn(json.Slice(at, JsonBlocks.Size));
            if (end >= 0)
            {
                return at + end;
            }
        }

        // What is left, filled up with what means nothing.
        Span<byte> rest = stackalloc byte[JsonBlocks.Size];
        rest.Fill((byte)' ');
        json[at..].CopyTo(rest);
        return at + Next(blocks.EndIn(rest));
    }

    private static int BehindText(ReadOnlySpan<byte> json, int at)
    {
        for (at++; ;)
        {
            at += Next(json[at..].IndexOfAny((byte)'"', (byte)'\\'));
            if (json[at] == (byte)'"')
            {
                return at + 1;
            }

            at = Math.Min(at + 2, json.Length);
        }
    }

    private static int Next(int found) => found >= 0 ? found : throw Cut();

    private static JsonException Cut() => new("The JSON ends before it is whole.");
}
