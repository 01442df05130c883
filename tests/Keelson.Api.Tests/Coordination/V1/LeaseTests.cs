using Keelson.Api.Coordination.V1;

namespace Keelson.Api.Tests.Coordination.V1;

public sealed class LeaseTests
{
    [Fact]
    public void The_fields_of_coordinated_election_are_dropped() => Assert.Equal(
        "{\"holderIdentity\":\"x\"}",
        KindCase.Json(KindCase.Create<Lease>("{ 'spec': { 'holderIdentity': 'x', 'strategy': 'a/b', 'preferredHolder': 'y' } }").Spec));

    [Fact]
    public void Durations_are_positive() => Assert.Equal(
        ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0", "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"],
        KindCase.CreateErrors<Lease>("{ 'spec': { 'leaseDurationSeconds': 0, 'leaseTransitions': -1 } }"));
}
