using Keelson.Server.ResourceMetrics;

namespace Keelson.Server.Tests.ResourceMetrics;

public sealed class ResourceMetricsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(15);

    [Fact]
    public void What_a_kubelet_answers_is_read()
    {
        const string Text = """
            # HELP container_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the container
            # TYPE container_cpu_usage_seconds_total counter
            container_cpu_usage_seconds_total{container="main",namespace="shop",pod="web-0"} 12.5 1767225600000
            container_memory_working_set_bytes{container="main",namespace="shop",pod="web-0"} 1.048576e+06 1767225600000
            container_start_time_seconds{container="main",namespace="shop",pod="web-0"} 1.7672255e+09
            node_cpu_usage_seconds_total 1000 1767225601000
            node_memory_working_set_bytes 2.097152e+06 1767225601000
            resource_scrape_error 0
            """;
        NodeUsage usage = ResourceMetricsText.Read(Text, Start);
        Assert.Equal(new UsagePoint(Start.AddSeconds(1), 1000, 2097152, default), usage.Node);
        Assert.Equal(
            new UsagePoint(Start, 12.5, 1048576, Start.AddSeconds(-100)), usage.Pods[("shop", "web-0")]["main"]);
    }

    [Fact]
    public void Use_is_the_difference_of_two_looks()
    {
        UsagePoint before = new(Start, 100, 1, default);
        UsageRate rate = UsageRate.Between(before, new(Start.AddSeconds(10), 105, 7, default), Resolution)!.Value;
        Assert.Equal((0.5, 7, TimeSpan.FromSeconds(10)), (rate.Cores, rate.MemoryBytes, rate.Window));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(12, true)]
    [InlineData(100, false)]
    public void A_container_that_was_seen_once_has_a_rate_when_it_is_new_but_not_too_new(int age, bool isKnown)
    {
        UsagePoint point = new(Start, 6, 0, Start.AddSeconds(-age));
        Assert.Equal(isKnown, UsageRate.Between(null, point, Resolution) is not null);
    }

    [Fact]
    public void A_counter_that_began_anew_tells_nothing()
    {
        UsagePoint before = new(Start, 100, 1, default);
        Assert.Null(UsageRate.Between(before, new(Start.AddSeconds(10), 3, 7, default), Resolution));
        Assert.Null(UsageRate.Between(before, new(Start, 100, 7, default), Resolution));
    }
}
