using System.Globalization;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Values;

/// <summary>
/// A point in time as API objects carry it (metav1.Time): RFC 3339 in UTC with whole seconds in JSON, seconds and
/// nanoseconds in protobuf. <c>default</c> is the zero time, which JSON shows as null or leaves out.
/// </summary>
public readonly record struct Time : IComparable<Time>, IWireValue<Time>
{
    private readonly DateTime _utc;

    /// <summary>A time from a UTC instant.</summary>
    public Time(DateTimeOffset instant) => _utc = instant.UtcDateTime;

    /// <summary>True for the zero time.</summary>
    public bool IsZero => _utc == default;

    /// <summary>The instant.</summary>
    public DateTimeOffset Instant => new(DateTime.SpecifyKind(_utc, DateTimeKind.Utc));

    /// <summary>The time now, cut to whole seconds as upstream stores it.</summary>
    public static Time Now(TimeProvider clock)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return new(new DateTimeOffset(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond))));
    }

    /// <summary>Reads RFC 3339 (any offset, optional fraction).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Time time)
    {
        bool ok = Rfc3339.TryParse(text, out DateTimeOffset instant);
        time = ok ? new(instant) : default;
        return ok;
    }

    /// <inheritdoc/>
    public static Time ReadJson(ref JsonDecoder decoder) => decoder.ReadTime();

    /// <inheritdoc/>
    public void WriteJson(JsonBuffer json) => json.Value(this);

    /// <inheritdoc/>
    public static Time ReadProto(ref ProtoReader reader) =>
        reader.InstantContent() is { } instant ? new(instant) : default;

    /// <inheritdoc/>
    public void WriteProto(ProtoBuffer proto)
    {
        if (!IsZero)
        {
            proto.Instant(Instant);
        }
    }

    /// <inheritdoc/>
    public int CompareTo(Time other) => _utc.CompareTo(other._utc);

    /// <summary>RFC 3339 with whole seconds.</summary>
    public override string ToString() => _utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Time left, Time right) => left._utc < right._utc;

    /// <summary>Later than.</summary>
    public static bool operator >(Time left, Time right) => left._utc > right._utc;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Time left, Time right) => left._utc <= right._utc;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Time left, Time right) => left._utc >= right._utc;
}

/// <summary>A point in time with microseconds (metav1.MicroTime): leases, events.</summary>
public readonly record struct MicroTime : IComparable<MicroTime>
{
    private readonly DateTime _utc;

    /// <summary>A time from a UTC instant, cut to microseconds.</summary>
    public MicroTime(DateTimeOffset instant) =>
        _utc = instant.UtcDateTime.AddTicks(-(instant.UtcDateTime.Ticks % TimeSpan.TicksPerMicrosecond));

    /// <summary>True for the zero time.</summary>
    public bool IsZero => _utc == default;

    /// <summary>The instant.</summary>
    public DateTimeOffset Instant => new(DateTime.SpecifyKind(_utc, DateTimeKind.Utc));

    /// <summary>Reads RFC 3339 (any offset) with the six decimals that upstream insists on.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MicroTime time)
    {
        DateTimeOffset instant = default;
        bool ok = text.Length > Rfc3339.MicrosecondsEnd
            && Rfc3339.HasMicroseconds(text)
            && !char.IsAsciiDigit(text[Rfc3339.MicrosecondsEnd])
            && Rfc3339.TryParse(text, out instant);
        time = ok ? new(instant) : default;
        return ok;
    }

    /// <inheritdoc/>
    public int CompareTo(MicroTime other) => _utc.CompareTo(other._utc);

    /// <summary>RFC 3339 with six decimals.</summary>
    public override string ToString() =>
        _utc.ToString("yyyy-MM-dd'T'HH:mm:ss'.'ffffff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>
/// RFC 3339 as Go's time package reads it: no blanks, capital T and Z, a mandatory offset, an optional fraction after a
/// point or comma. Digits beyond 100 ns are dropped.
/// </summary>
internal static class Rfc3339
{
    /// <summary>Where six decimals begin: behind <c>2006-01-02T15:04:05</c>.</summary>
    public const int MicrosecondsStart = 19;

    /// <summary>Where six decimals end: the point, then the digits.</summary>
    public const int MicrosecondsEnd = MicrosecondsStart + 7;

    /// <summary>True when a point or comma and six digits follow the seconds.</summary>
    public static bool HasMicroseconds(ReadOnlySpan<char> text) =>
        text.Length >= MicrosecondsEnd
        && text[MicrosecondsStart] is '.' or ','
        && text[(MicrosecondsStart + 1)..MicrosecondsEnd].IndexOfAnyExceptInRange('0', '9') < 0;

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        bool ok = text.Length >= 20
            && TryNumber(text, 0, 4, out int year)
            && TryNumber(text, 5, 2, out int month)
            && TryNumber(text, 8, 2, out int day)
            && TryNumber(text, 11, 2, out int hour)
            && TryNumber(text, 14, 2, out int minute)
            && TryNumber(text, 17, 2, out int second)
            && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':'
            && year > 0 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour < 24 && minute < 60 && second < 60
            && TryFraction(text[19..], out long ticks, out ReadOnlySpan<char> zone)
            && TryZone(zone, out long offset)
            && TryUtc(new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + ticks - offset,
                out instant);
        return ok;
    }

    private static bool TryUtc(long ticks, out DateTimeOffset instant)
    {
        bool ok = ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;
        instant = ok ? new(ticks, TimeSpan.Zero) : default;
        return ok;
    }

    private static bool TryFraction(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = text;
        if (text[0] is not ('.' or ','))
        {
            return true;
        }

        int at = 1;
        long unit = TimeSpan.TicksPerSecond;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            unit /= 10;
            ticks += (text[at] - '0') * unit;
        }

        rest = text[at..];
        return at > 1;
    }

    private static bool TryZone(ReadOnlySpan<char> zone, out long offset)
    {
        offset = 0;
        if (zone is "Z")
        {
            return true;
        }

        // Go lets offsets of 24 hours and 60 minutes pass.
        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':'
            || !TryNumber(zone, 1, 2, out int hours) || !TryNumber(zone, 4, 2, out int minutes) || hours > 24
                || minutes > 60)
        {
            return false;
        }

        offset = (hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute);
        offset = zone[0] == '-' ? -offset : offset;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, int start, int length, out int number)
    {
        number = 0;
        for (int i = start; i < start + length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }

            number = (number * 10) + (text[i] - '0');
        }

        return true;
    }
}
