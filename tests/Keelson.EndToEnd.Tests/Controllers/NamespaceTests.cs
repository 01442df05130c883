using System.Globalization;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>The life of namespaces and what they are furnished with.</summary>
public sealed class NamespaceTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task A_namespace_says_what_holds_it_up_and_goes_when_that_lets_go()
    {
        await cluster.NamespaceAsync("ns-held");
        await cluster.PostAsync("/api/v1/namespaces/ns-held/configmaps", """{"metadata":{"name":"held","finalizers":["example.com/hold"]}}""");
        await cluster.DeleteAsync("/api/v1/namespaces/ns-held");
        JsonNode ending = await cluster.EventuallyAsync(
            "/api/v1/namespaces/ns-held", static one => one["status"]!["conditions"] is not null);
        string[] told = [.. ending["status"]!["conditions"]!.AsArray().Select(one => $"{one!["type"]}={one["status"]} {one["reason"]}: {one["message"]}")];
        Assert.Equal(
            [
                "NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered",
                "NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed",
                "NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization",
                "NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances",
                "NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
            ],
            told);
        await cluster.PatchAsync("/api/v1/namespaces/ns-held/configmaps/held", """{"metadata":{"finalizers":null}}""");
        await cluster.GoneAsync("/api/v1/namespaces/ns-held");
    }

    [Fact]
    public async Task A_namespace_full_of_objects_goes_quickly()
    {
        const int count = 2000;
        await cluster.NamespaceAsync("ns-full");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, _) => await cluster.PostAsync(
                "/api/v1/namespaces/ns-full/configmaps", $$$"""{"metadata":{"name":"m-{{{i.ToString(CultureInfo.InvariantCulture)}}}"}}"""));
        long start = TimeProvider.System.GetTimestamp();
        await cluster.DeleteAsync("/api/v1/namespaces/ns-full");
        await cluster.GoneAsync("/api/v1/namespaces/ns-full");
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"a namespace of {count} gone after {TimeProvider.System.GetElapsedTime(start)}");
    }

    [Fact]
    public async Task A_namespace_gets_its_account_and_the_clusters_certificate_back_when_they_are_deleted()
    {
        await cluster.NamespaceAsync("ns-furnished");
        JsonNode map = await cluster.EventuallyAsync(
            "/api/v1/namespaces/ns-furnished/configmaps/kube-root-ca.crt", static _ => true);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", (string)map["data"]!["ca.crt"]!, StringComparison.Ordinal);
        await cluster.PatchAsync("/api/v1/namespaces/ns-furnished/configmaps/kube-root-ca.crt", """{"data":{"ca.crt":"forged"}}""");
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/ns-furnished/configmaps/kube-root-ca.crt", one => (string)one["data"]!["ca.crt"]! == (string)map["data"]!["ca.crt"]!);
        string uid = (string)(await cluster.GetAsync("/api/v1/namespaces/ns-furnished/serviceaccounts/default"))["metadata"]!["uid"]!;
        await cluster.DeleteAsync("/api/v1/namespaces/ns-furnished/serviceaccounts/default");
        await cluster.EventuallyAsync(
            "/api/v1/namespaces/ns-furnished/serviceaccounts/default", one => (string)one["metadata"]!["uid"]! != uid);
    }

    [Fact]
    public async Task A_token_secret_is_filled_and_goes_with_its_account()
    {
        await cluster.NamespaceAsync("ns-tokens");
        await cluster.PostAsync("/api/v1/namespaces/ns-tokens/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        await cluster.PostAsync(
            "/api/v1/namespaces/ns-tokens/secrets",
            """{"metadata":{"name":"robot-token","annotations":{"kubernetes.io/service-account.name":"robot"}},"type":"kubernetes.io/service-account-token"}""");
        JsonNode secret = await cluster.EventuallyAsync(
            "/api/v1/namespaces/ns-tokens/secrets/robot-token", static one => one["data"]?["token"] is not null);
        Assert.Equal("bnMtdG9rZW5z", (string)secret["data"]!["namespace"]!);
        Assert.NotNull(secret["metadata"]!["annotations"]!["kubernetes.io/service-account.uid"]);
        string token = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["token"]!));
        JsonNode review = await cluster.PostAsync(
            "/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}"}}""");
        Assert.Equal("system:serviceaccount:ns-tokens:robot", (string)review["status"]!["user"]!["username"]!);
        await cluster.DeleteAsync("/api/v1/namespaces/ns-tokens/serviceaccounts/robot");
        await cluster.GoneAsync("/api/v1/namespaces/ns-tokens/secrets/robot-token");
    }
}
