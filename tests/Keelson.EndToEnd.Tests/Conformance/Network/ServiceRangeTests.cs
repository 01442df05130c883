using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>
/// Ranges of services' addresses. The controller lets a deleted one stay for ten seconds, so that all API servers hear
/// of it; here these are short.
/// </summary>
public sealed class ServiceRangeTests(FastClusterFixture cluster) : IClassFixture<FastClusterFixture>
{
    [Fact]
    [Conformance("[sig-network] ServiceCIDR and IPAddress API should support ServiceCIDR API operations")]
    public async Task Should_support_ServiceCIDR_API_operations()
    {
        ApiOperations ranges = new(
            new Resource(cluster, "/apis/networking.k8s.io/v1/servicecidrs"),
            "networking.k8s.io/v1",
            "spec: {cidrs: [10.197.0.0/24]}");
        await ranges.DiscoverAsync("status");
        await ranges.UseAsync("ranges");
        await ranges.CreateAsync("status", "status");
        await ranges.Resource.UntilAsync("status", static one => one.IsTrue("Ready"));
        await ranges.UseConditionsAsync("status/status");
        await ranges.Resource.DeleteAsync("status");
        await ranges.Resource.GoneAsync("status");
    }
}
