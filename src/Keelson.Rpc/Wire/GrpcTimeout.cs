using System.Globalization;

namespace Keelson.Rpc.Wire;

/// <summary>The header grpc-timeout: up to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const long MaxDigits = 99_999_999;

    /// <summary>
    /// Writes a duration in the finest unit that holds it in eight digits, rounded up so that the server never
    /// gives up before the client: 1.5 s is "1500000u", three hours are "10800000m".
    /// </summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "0n";
        }

        ReadOnlySpan<(long Ticks, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H'),
        ];
        foreach ((long ticks, char unit) in units)
        {
            // Not (a + b - 1) / b: a timeout close to TimeSpan.MaxValue would overflow.
            long count = (timeout.Ticks / ticks) + (timeout.Ticks % ticks == 0 ? 0 : 1);
            if (count <= MaxDigits)
            {
                return count.ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return $"{MaxDigits}H";
    }

    /// <summary>Reads the header; false when it is not a timeout.</summary>
    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9
            || !long.TryParse(
                text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            return false;
        }

        long ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticks < 0)
        {
            return false;
        }

        // 99,999,999 hours are 3.6e18 ticks and fit; a tick is 100 ns, so nanoseconds round up to ticks.
        timeout = ticks == 0 ? TimeSpan.FromTicks((count + 99) / 100) : TimeSpan.FromTicks(count * ticks);
        return true;
    }
}
