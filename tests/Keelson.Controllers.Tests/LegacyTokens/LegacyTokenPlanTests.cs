using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.LegacyTokens;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.LegacyTokens;

public sealed class LegacyTokenPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly ServiceAccount Account = new() { Secrets = [new ObjectReference { Name = "t" }] };

    [Fact]
    public void A_token_is_marked_first_and_deleted_a_year_later()
    {
        Assert.Equal(LegacyTokenAction.Invalidate, Decide(Secret([])));
        Assert.Equal(LegacyTokenAction.Keep, Decide(Secret([new(LegacyTokenPlan.InvalidSince, "2025-06-01")])));
        Assert.Equal(LegacyTokenAction.Delete, Decide(Secret([new(LegacyTokenPlan.InvalidSince, "2025-05-31")])));
    }

    [Fact]
    public void A_token_that_is_used_mounted_or_asked_for_stays()
    {
        Assert.Equal(
            LegacyTokenAction.Keep, Decide(Secret([new("kubernetes.io/legacy-token-last-used", "2026-01-01")])));
        Assert.Equal(LegacyTokenAction.Keep, LegacyTokenPlan.Compute(Secret([]), Account, true, Now, Year));
        Assert.Equal(
            LegacyTokenAction.Keep, LegacyTokenPlan.Compute(Secret([]), new ServiceAccount(), false, Now, Year));
    }

    [Fact]
    public void Nothing_is_concluded_before_uses_were_noted_for_a_year_and_a_day()
    {
        Assert.False(LegacyTokenPlan.IsTrackedLongEnough("2025-06-01", Now, Year));
        Assert.True(LegacyTokenPlan.IsTrackedLongEnough("2025-05-31", Now, Year));
        Assert.False(LegacyTokenPlan.IsTrackedLongEnough(null, Now, Year));
    }

    private static LegacyTokenAction Decide(Secret secret) =>
        LegacyTokenPlan.Compute(secret, Account, false, Now, Year);

    private static Secret Secret(KeyValuePair<string, string>[] labels) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "t", CreationTimestamp = new(Now.AddYears(-3)), Labels = ApiMap<string>.From(labels) },
    };
}
