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
    public static Time ReadProto(ref ProtoReader reader) => reader.InstantContent() is { } instant ? new(instant) : default;

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

    /// <summary>Reads RFC 3339 (any offset, optional fraction).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MicroTime time)
    {
        bool ok = Rfc3339.TryParse(text, out DateTimeOffset instant);
        time = ok ? new(instant) : default;
        return ok;
    }

    /// <inheritdoc/>
    public int CompareTo(MicroTime other) => _utc.CompareTo(other._utc);

    /// <summary>RFC 3339 with six decimals.</summary>
    public override string ToString() => _utc.ToString("yyyy-MM-dd'T'HH:mm:ss'.'ffffff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>RFC 3339 as Go's time package reads it: no blanks, a mandatory offset, an optional fraction.</summary>
internal static class Rfc3339
{
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        bool shaped = text.Length >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':'
            && text[16] == ':' && (text[^1] == 'Z' || text[^6] is '+' or '-');
        return shaped && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out instant);
    }
}
