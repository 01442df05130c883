using Keelson.Store.Embedded;

namespace Keelson.Store.Tests.Embedded;

public sealed class RetentionPolicyTests
{
    [Fact]
    public void History_reaches_back_as_far_as_it_should_and_little_further()
    {
        RetentionPolicy policy = new(TimeSpan.FromMinutes(5));
        long compacted = 0;
        // A revision a second, looked at twice a second.
        for (long nowMs = 0; nowMs < 3_600_000; nowMs += 500)
        {
            compacted = Math.Max(compacted, policy.Advance(nowMs, nowMs / 1000));
            if (nowMs > 400_000)
            {
                Assert.InRange((nowMs / 1000) - compacted, 300, 331);
            }
        }
    }

    [Fact]
    public void Without_retention_nothing_is_ever_due()
    {
        RetentionPolicy policy = new(TimeSpan.Zero);
        Assert.Equal(0, policy.Advance(0, 1) + policy.Advance(long.MaxValue / 4, 1000));
    }
}
