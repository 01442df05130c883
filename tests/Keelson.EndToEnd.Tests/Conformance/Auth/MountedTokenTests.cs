using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Auth;

/// <summary>Tokens of service accounts inside containers.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class MountedTokenTests(NodeClusterFixture cluster)
{
    private const string Directory = "/var/run/secrets/kubernetes.io/serviceaccount";

    [Fact]
    [Conformance("[sig-auth] ServiceAccounts should mount an API token into pods")]
    public async Task Should_mount_an_API_token_into_pods()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServiceAccounts.CreateAsync("metadata: {name: mount-test}");
        JsonNode pod = await space.ServeAsync(RealManifests.Sleeper("pod", pod: "serviceAccountName: mount-test"));
        string token = await space.ShellAsync("pod", $"cat {Directory}/token");
        JsonNode review = await ReviewAsync(token, null);
        Assert.True((bool)review.At("status.authenticated")!, review.ToJsonString());
        Assert.Equal(
            $"system:serviceaccount:{space.Namespace}:mount-test", review.Text("status.user.username"));
        Assert.Equal(
            pod.Text("metadata.uid"),
            (string?)review.At("status.user.extra")!["authentication.kubernetes.io/pod-uid"]![0]);
        Assert.Equal(space.Namespace, await space.ShellAsync("pod", $"cat {Directory}/namespace"));
        Assert.Equal(
            (await space.ConfigMaps.GetAsync("kube-root-ca.crt"))["data"]!["ca.crt"]!.ToString().TrimEnd('\n'),
            await space.ShellAsync("pod", $"cat {Directory}/ca.crt"));
    }

    [Fact]
    [Conformance("[sig-auth] ServiceAccounts should mount projected service account token")]
    public async Task Should_mount_projected_service_account_token()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        string log = await space.SucceedAsync(RealManifests.Script(
            "projected",
            "cat /test-volume/token; echo; stat -L -c %a /test-volume/token >&2",
            "volumeMounts: [{name: v, mountPath: /test-volume}]",
            "volumes: [{name: v, projected: {defaultMode: 0640, sources: [{serviceAccountToken: "
                + "{path: token, audience: example.com, expirationSeconds: 7200}}]}}]"));
        string[] parts = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("640", parts);
        string token = parts.Single(static one => one != "640");
        JsonNode claims = JsonNode.Parse(Decoded(token.Split('.')[1]))!;
        Assert.Equal("example.com", claims.Text("aud.0"));
        Assert.Equal(7200, claims.Number("exp") - claims.Number("iat"));
        JsonNode review = await ReviewAsync(token, "example.com");
        Assert.Equal($"system:serviceaccount:{space.Namespace}:default", review.Text("status.user.username"));
    }

    private static string Decoded(string part) => Encoding.UTF8.GetString(Convert.FromBase64String(
        part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '=')));

    private Task<JsonNode> ReviewAsync(string token, string? audience)
    {
        JsonObject spec = new() { ["token"] = token };
        if (audience is not null)
        {
            spec["audiences"] = new JsonArray(audience);
        }

        return cluster.PostAsync(
            "/apis/authentication.k8s.io/v1/tokenreviews", new JsonObject { ["spec"] = spec }.ToJsonString());
    }
}
