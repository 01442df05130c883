using System.Globalization;
using System.Text;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Logs;

/// <summary>
/// A line as runtimes write it: <c>2026-01-01T00:00:00.123456789Z stdout F what was written</c>; with <c>P</c> in place
/// of <c>F</c> the line goes on in the next one of its stream.
/// </summary>
internal static class CriLogLine
{
    private const int SecondsLength = 19; // 2026-01-01T00:00:00
    private const int FractionDigits = 9;

    /// <summary>Reads a line without its end; false for what no runtime writes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> line, out ContainerLogEntry entry)
    {
        entry = default;
        ReadOnlySpan<byte> bytes = line.Span;
        int stamp = bytes.IndexOf((byte)' ');
        if (stamp < 0 || !TryTime(bytes[..stamp], out DateTimeOffset at, out byte[] text))
        {
            return false;
        }

        int stream = stamp + 1 + bytes[(stamp + 1)..].IndexOf((byte)' ');
        if (stream <= stamp)
        {
            return false;
        }

        bool isError = bytes[(stamp + 1)..stream].SequenceEqual("stderr"u8);
        if (!isError && !bytes[(stamp + 1)..stream].SequenceEqual("stdout"u8))
        {
            return false;
        }

        // Tags are set apart by colons; the first says whether the line is whole. An empty line may end behind them.
        int tags = bytes[(stream + 1)..].IndexOf((byte)' ');
        int start = tags < 0 ? bytes.Length : stream + 1 + tags + 1;
        bool isPartial = bytes.Length > stream + 1 && bytes[stream + 1] == (byte)'P';
        entry = new(at, text, isError, line[start..], isPartial);
        return true;
    }

    /// <summary>Reads a time with its text brought to nine digits behind the point, as clients are shown it.</summary>
    private static bool TryTime(ReadOnlySpan<byte> bytes, out DateTimeOffset at, out byte[] text)
    {
        at = default;
        text = [];
        if (bytes.Length <= SecondsLength)
        {
            return false;
        }

        Span<byte> fraction = stackalloc byte[FractionDigits];
        fraction.Fill((byte)'0');
        int end = SecondsLength;
        if (bytes[end] == (byte)'.')
        {
            end++;
            int digits = 0;
            while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end]))
            {
                if (digits < FractionDigits)
                {
                    fraction[digits++] = bytes[end];
                }

                end++;
            }
        }

        ReadOnlySpan<byte> zone = bytes[end..];
        string seconds = Encoding.ASCII.GetString(bytes[..SecondsLength]) + Encoding.ASCII.GetString(zone);
        if (!DateTimeOffset.TryParseExact(
            seconds, "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at))
        {
            return false;
        }

        at = at.AddTicks(int.Parse(fraction[..7], CultureInfo.InvariantCulture));
        text = [.. bytes[..SecondsLength], (byte)'.', .. fraction, .. zone];
        return true;
    }
}
