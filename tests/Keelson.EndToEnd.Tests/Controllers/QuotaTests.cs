using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>Quotas, aggregated roles, and what keeps volumes.</summary>
public sealed class QuotaTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task A_quota_counts_what_is_there_and_what_goes_is_given_back()
    {
        await cluster.NamespaceAsync("quota");
        await cluster.PostAsync("/api/v1/namespaces/quota/secrets", """{"metadata":{"name":"before"}}""");
        await cluster.PostAsync(
            "/api/v1/namespaces/quota/resourcequotas",
            """{"metadata":{"name":"q"},"spec":{"hard":{"secrets":"2","pods":"1","requests.cpu":"1"}}}""");
        await UsedAsync("secrets", "1");
        await cluster.PostAsync("/api/v1/namespaces/quota/secrets", """{"metadata":{"name":"second"}}""");
        await UsedAsync("secrets", "2");
        using HttpResponseMessage refused = await cluster.Client.PostAsync(
            "/api/v1/namespaces/quota/secrets",
            new StringContent("""{"metadata":{"name":"third"}}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        await cluster.DeleteAsync("/api/v1/namespaces/quota/secrets/second");
        await UsedAsync("secrets", "1");
        await cluster.PostAsync(
            "/api/v1/namespaces/quota/pods",
            """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"250m"}}}]}}""");
        await UsedAsync("requests.cpu", "250m");
        await cluster.DeleteAsync("/api/v1/namespaces/quota/pods/p");
        await UsedAsync("requests.cpu", "0");
    }

    [Fact]
    public async Task An_aggregate_gathers_the_rules_of_roles_that_come_later()
    {
        const string roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
        await cluster.PostAsync(
            roles, """{"metadata":{"name":"sum"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"sum":"yes"}}]},"rules":[]}""");
        await cluster.PostAsync(
            roles, """{"metadata":{"name":"part","labels":{"sum":"yes"}},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}""");
        JsonNode sum = await cluster.EventuallyAsync(
            roles + "/sum", static one => one["rules"] is JsonArray { Count: 1 });
        Assert.Equal("pods", (string)sum["rules"]![0]!["resources"]![0]!);
    }

    [Fact]
    public async Task A_claim_stays_while_a_pod_on_a_node_uses_it()
    {
        await cluster.NamespaceAsync("claims");
        await cluster.PostAsync(
            "/api/v1/namespaces/claims/persistentvolumeclaims",
            """{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        await cluster.PostAsync(
            "/api/v1/namespaces/claims/pods",
            """{"metadata":{"name":"p"},"spec":{"nodeName":"nowhere","terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]}}""");
        await cluster.DeleteAsync("/api/v1/namespaces/claims/persistentvolumeclaims/data");
        await Task.Delay(300);
        Assert.True(await cluster.ExistsAsync("/api/v1/namespaces/claims/persistentvolumeclaims/data"));
        await cluster.DeleteAsync("/api/v1/namespaces/claims/pods/p?gracePeriodSeconds=0");
        await cluster.GoneAsync("/api/v1/namespaces/claims/persistentvolumeclaims/data");
    }

    private Task<JsonNode> UsedAsync(string name, string amount) => cluster.EventuallyAsync(
        "/api/v1/namespaces/quota/resourcequotas/q", one => (string?)one["status"]?["used"]?[name] == amount);
}
