using Keelson.Machinery.Naming;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Values;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", "0s")]
    [InlineData("5s", "5s")]
    [InlineData("90m", "1h30m0s")]
    [InlineData("1h15m30.918s", "1h15m30.918s")]
    [InlineData("1.5h", "1h30m0s")]
    [InlineData("-1.5s", "-1.5s")]
    [InlineData("100ms", "100ms")]
    [InlineData("1us", "1µs")]
    [InlineData("1500ns", "1.5µs")]
    [InlineData(".5m", "30s")]
    [InlineData("60s", "1m0s")]
    [InlineData("2562047h47m16.854775807s", "2562047h47m16.854775807s")]
    [InlineData("-2562047h47m16.854775808s", "-2562047h47m16.854775808s")]
    public void Durations_print_as_Go_prints_them(string text, string printed)
    {
        Assert.True(GoDuration.TryParse(text, out long nanoseconds, out string? error), error);
        Assert.Equal(printed, GoDuration.Format(nanoseconds));
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData("x", "time: invalid duration \"x\"")]
    [InlineData(".s", "time: invalid duration \".s\"")]
    [InlineData("1", "time: missing unit in duration \"1\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("9999999h", "time: invalid duration \"9999999h\"")]
    public void Texts_that_are_no_durations_are_refused(string text, string message)
    {
        Assert.False(GoDuration.TryParse(text, out long _, out string? error));
        Assert.Equal(message, error);
    }

    [Theory]
    [InlineData(-5, "<invalid>", "<invalid>")]
    [InlineData(-1, "0s", "0s")]
    [InlineData(119, "119s", "1m")]
    [InlineData(120, "2m", "2m")]
    [InlineData(330, "5m30s", "5m")]
    [InlineData(3600, "60m", "1h")]
    [InlineData(3 * 3600, "3h", "3h")]
    [InlineData((3 * 3600) + 300, "3h5m", "3h")]
    [InlineData(47 * 3600, "47h", "1d")]
    [InlineData(50 * 3600, "2d2h", "2d")]
    [InlineData(9 * 86400, "9d", "9d")]
    [InlineData(800L * 86400, "2y70d", "2y")]
    [InlineData(3650L * 86400, "10y", "10y")]
    public void Ages_show_two_units_at_most(long seconds, string text, string shortText)
    {
        Assert.Equal(text, HumanDuration.Format(TimeSpan.FromSeconds(seconds)));
        Assert.Equal(shortText, HumanDuration.FormatShort(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void Generated_names_fit_a_label()
    {
        string name = GeneratedNames.Generate(new string('a', 80), new Random(1));
        Assert.Equal(63, name.Length);
        Assert.StartsWith(new string('a', 58), name, StringComparison.Ordinal);
        Assert.Matches("^web-[bcdfghjklmnpqrstvwxz2456789]{5}$", GeneratedNames.Generate("web-", new Random(2)));
        Assert.Equal("56789bcdf", GeneratedNames.SafeEncode("123456789"));
    }

    [Theory]
    [InlineData("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z")]
    [InlineData("2020-01-02T03:04:05.999999999Z", "2020-01-02T03:04:05Z")]
    [InlineData("2020-01-02T03:04:05,5+01:30", "2020-01-02T01:34:05Z")]
    [InlineData("2020-02-29T23:59:59-00:01", "2020-03-01T00:00:59Z")]
    public void Times_are_read_in_any_zone(string text, string utc)
    {
        Assert.True(Time.TryParse(text, out Time time));
        Assert.Equal(utc, time.ToString());
    }

    [Theory]
    [InlineData("2020-01-02 03:04:05Z")]
    [InlineData("2020-01-02t03:04:05z")]
    [InlineData("2021-02-29T00:00:00Z")]
    [InlineData("2020-01-02T24:00:00Z")]
    [InlineData("2020-01-02T03:04:05")]
    [InlineData("2020-01-02T03:04:05.Z")]
    [InlineData("2020-01-02T03:04:05+0100")]
    [InlineData("2020-13-02T03:04:05Z")]
    [InlineData("0001-01-01T00:00:00+10:00")]
    [InlineData("")]
    public void Texts_that_are_no_times_are_refused(string text) => Assert.False(Time.TryParse(text, out _));
}
