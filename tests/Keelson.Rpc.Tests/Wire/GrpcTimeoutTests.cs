using Keelson.Rpc.Wire;

namespace Keelson.Rpc.Tests.Wire;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData(15_000_000L, "1500000u")]
    [InlineData(1L, "1u")]
    [InlineData(-1L, "0n")]
    [InlineData(10_800L * TimeSpan.TicksPerSecond, "10800000m")]
    [InlineData(long.MaxValue, "99999999H")]
    public void A_timeout_is_written_in_the_finest_unit_that_fits(long ticks, string header)
    {
        Assert.Equal(header, GrpcTimeout.Format(TimeSpan.FromTicks(ticks)));
    }

    [Fact]
    public void Every_unit_is_read()
    {
        (string Header, double Seconds)[] table =
            [("2H", 7200), ("3M", 180), ("4S", 4), ("5m", 0.005), ("6u", 0.000006), ("700n", 0.0000007)];
        foreach ((string header, double seconds) in table)
        {
            Assert.True(GrpcTimeout.TryParse(header, out TimeSpan timeout));
            Assert.Equal(TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)), timeout);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("5x")]
    [InlineData("123456789S")]
    public void What_is_no_timeout_is_refused(string header) => Assert.False(GrpcTimeout.TryParse(header, out _));
}
