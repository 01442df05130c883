using System.Globalization;
using Keelson.Machinery.Schedules;

namespace Keelson.Machinery.Tests.Schedules;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2024-05-01T10:15:30Z", "2024-05-01T10:16:00Z")]
    [InlineData("*/15 * * * *", "2024-05-01T10:15:00Z", "2024-05-01T10:30:00Z")]
    [InlineData("20-35/15 * * * *", "2024-05-01T10:36:00Z", "2024-05-01T11:20:00Z")]
    [InlineData("0 0 29 feb ?", "2024-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("30 8 * * mon-fri", "2024-05-03T09:00:00Z", "2024-05-06T08:30:00Z")]
    [InlineData("0 0 13 * FRI", "2024-05-04T00:00:00Z", "2024-05-10T00:00:00Z")]
    [InlineData("0 0 */2 * FRI", "2024-05-03T00:00:00Z", "2024-05-05T00:00:00Z")]
    [InlineData("5/20 * * * *", "2024-05-01T10:46:00Z", "2024-05-01T11:05:00Z")]
    [InlineData("@monthly", "2024-12-02T00:00:00Z", "2025-01-01T00:00:00Z")]
    [InlineData("@every 1h30m10s", "2024-05-01T10:00:00.250Z", "2024-05-01T11:30:10Z")]
    [InlineData("@every 10ms", "2024-05-01T10:00:00Z", "2024-05-01T10:00:01Z")]
    public void The_next_time_follows_the_fields(string schedule, string after, string expected) =>
        Assert.Equal(Instant(expected), Parse(schedule).Next(Instant(after)));

    [Theory]
    [InlineData("TZ=America/New_York 30 2 * * *", "2024-03-10T05:00:00Z", "2024-03-11T06:30:00Z")]
    [InlineData("CRON_TZ=America/New_York 30 1 * * *", "2024-11-03T04:00:00Z", "2024-11-03T05:30:00Z")]
    [InlineData("TZ=Asia/Kolkata 0 9 * * *", "2024-05-01T04:00:00Z", "2024-05-02T03:30:00Z")]
    public void A_zone_of_its_own_counts_and_so_does_its_daylight_saving(
        string schedule, string after, string expected) =>
        Assert.Equal(Instant(expected), Parse(schedule).Next(Instant(after)));

    [Fact]
    public void A_day_that_never_comes_has_no_next_time() =>
        Assert.Null(Parse("0 0 30 2 *").Next(Instant("2024-05-01T00:00:00Z")));

    [Theory]
    [InlineData("", "empty spec string")]
    [InlineData("* * * *", "expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("61 * * * *", "end of range (61) above maximum (59): 61")]
    [InlineData("0 0 0 * *", "beginning of range (0) below minimum (1): 0")]
    [InlineData("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("1-2-3 * * * *", "too many hyphens: 1-2-3")]
    [InlineData("1/2/3 * * * *", "too many slashes: 1/2/3")]
    [InlineData("x * * * *", "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("*/-3 * * * *", "negative number (-3) not allowed: -3")]
    [InlineData("@foo", "unrecognized descriptor: @foo")]
    [InlineData("@every x", "failed to parse duration @every x: time: invalid duration \"x\"")]
    [InlineData("@every 5", "failed to parse duration @every 5: time: missing unit in duration \"5\"")]
    [InlineData("@every 5d", "failed to parse duration @every 5d: time: unknown unit \"d\" in duration \"5d\"")]
    [InlineData("TZ=Moon/Base 0 0 * * *", "provided bad location Moon/Base: unknown time zone Moon/Base")]
    public void What_is_wrong_is_said_in_upstreams_words(string schedule, string expected)
    {
        Assert.False(CronSchedule.TryParse(schedule, out _, out string? error));
        Assert.Equal(expected, error);
    }

    private static CronSchedule Parse(string text)
    {
        Assert.True(CronSchedule.TryParse(text, out CronSchedule? schedule, out string? error), error);
        return schedule;
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
