using Keelson.Api.Policy.V1;

namespace Keelson.Api.Tests.Policy.V1;

public sealed class PodDisruptionBudgetTests
{
    [Theory]
    [InlineData("'minAvailable': 1, 'maxUnavailable': '50%', 'selector': {}",
        "spec: Invalid value: {\"MinAvailable\":1,\"Selector\":{},\"MaxUnavailable\":\"50%\",\"UnhealthyPodEvictionPolicy\":null}: minAvailable and maxUnavailable cannot be both set")]
    [InlineData("'minAvailable': '150%'", "spec.minAvailable: Invalid value: \"150%\": must not be greater than 100%")]
    public void A_budget_says_one_thing(string spec, string expected) =>
        Assert.Equal(
            [expected],
            KindCase.CreateErrors<PodDisruptionBudget>("{ 'metadata': { 'name': 'b' }, 'spec': { " + spec + " } }"));
}
