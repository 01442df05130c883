using System.Buffers;
using System.Text;
using Keelson.Machinery.Values;

namespace Keelson.Server.Storage;

/// <summary>
/// The cells of an object's row as JSON, with gaps where ages go: only those change while the object does not.
/// </summary>
internal sealed class TableRow
{
    // Objects come in bursts, so the next row mostly shows the same age.
    [ThreadStatic]
    private static TimeSpan lastAge;

    [ThreadStatic]
    private static string? lastText;

    private readonly byte[] _json;
    private readonly Gap[] _gaps;

    private TableRow(byte[] json, Gap[] gaps)
    {
        _json = json;
        _gaps = gaps;
    }

    /// <summary>The memory it takes, about.</summary>
    public int Bytes => 48 + _json.Length + (_gaps.Length * 24);

    /// <summary>
    /// Takes JSON in which each of <paramref name="times"/> is shown by a mark, in order; null when there are other
    /// marks in it than those, as the object's own text looks like one.
    /// </summary>
    public static TableRow? TryCut(ReadOnlySpan<byte> json, ReadOnlySpan<byte> mark, List<Time> times)
    {
        byte[] cut = new byte[Math.Max(0, json.Length - (mark.Length * times.Count))];
        Gap[] gaps = new Gap[times.Count];
        int written = 0;
        for (int i = 0; ; i++)
        {
            int at = json.IndexOf(mark);
            if ((at < 0) != (i == gaps.Length))
            {
                return null;
            }

            ReadOnlySpan<byte> part = at < 0 ? json : json[..at];
            if (part.Length > cut.Length - written)
            {
                return null;
            }

            part.CopyTo(cut.AsSpan(written));
            written += part.Length;
            if (at < 0)
            {
                return new(cut, gaps);
            }

            gaps[i] = new(written, times[i]);
            json = json[(at + mark.Length)..];
        }
    }

    /// <summary>Writes the cells as they are at a time; gives the number of bytes.</summary>
    public int Write(IBufferWriter<byte> target, Time now)
    {
        // No age has more than 18 bytes: <invalid>, its brackets escaped as everywhere in JSON.
        Span<byte> span = target.GetSpan(_json.Length + (_gaps.Length * 32));
        int written = 0;
        int from = 0;
        foreach (Gap gap in _gaps)
        {
            _json.AsSpan(from, gap.Offset - from).CopyTo(span[written..]);
            written += gap.Offset - from;
            from = gap.Offset;
            string age = AgeText(now.Instant - gap.Since.Instant);
            if (age[0] == '<')
            {
                "\\u003cinvalid\\u003e"u8.CopyTo(span[written..]);
                written += 19;
            }
            else
            {
                written += Encoding.ASCII.GetBytes(age, span[written..]);
            }
        }

        _json.AsSpan(from).CopyTo(span[written..]);
        written += _json.Length - from;
        target.Advance(written);
        return written;
    }

    private static string AgeText(TimeSpan age)
    {
        if (lastText is null || lastAge != age)
        {
            (lastAge, lastText) = (age, HumanDuration.Format(age));
        }

        return lastText;
    }

    private readonly record struct Gap(int Offset, Time Since);
}
