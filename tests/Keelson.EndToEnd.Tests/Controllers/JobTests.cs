using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Jobs on simulated nodes, beside the behaviours of the conformance suite.</summary>
public sealed class JobTests(SimulatedClusterFixture cluster) : IClassFixture<SimulatedClusterFixture>
{
    [Fact]
    public async Task Job_should_fail_when_it_exceeds_its_backoff_limit()
    {
        await cluster.NamespaceAsync("failing");
        await cluster.PostAsync(
            "/apis/batch/v1/namespaces/failing/jobs",
            """
            {"metadata":{"name":"j"},"spec":{"backoffLimit":0,
             "template":{"spec":{"restartPolicy":"Never",
              "containers":[{"name":"c","image":"busybox","command":["false"]}]}}}}
            """);
        JsonNode job = await cluster.EventuallyAsync(
            "/apis/batch/v1/namespaces/failing/jobs/j", static one => Has(one, "Failed"));
        Assert.Equal(1, (int)job["status"]!["failed"]!);
        JsonArray conditions = (JsonArray)job["status"]!["conditions"]!;
        Assert.Contains(conditions, static one => (string?)one!["reason"] == "BackoffLimitExceeded");
    }

    private static bool Has(JsonNode one, string condition) => one["status"]?["conditions"] is JsonArray conditions
        && conditions.Any(it => (string?)it!["type"] == condition && (string?)it["status"] == "True");
}
