using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Auth;

/// <summary>Service accounts, their tokens, and what comes with a namespace.</summary>
public sealed class ServiceAccountTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Area = "[sig-auth] ServiceAccounts";
    private const string TokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    [Fact]
    [Conformance(Area, "should allow opting out of API token automount")]
    public async Task Should_allow_opting_out_of_API_token_automount()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        foreach (string account in (string[])["unset", "true", "false"])
        {
            await space.ServiceAccounts.CreateAsync(
                $"metadata: {{name: account-{account}}}\n{Automount(account)}");
            foreach (string pod in (string[])["unset", "true", "false"])
            {
                JsonNode made = await space.Pods.CreateAsync(
                    $$"""
                    metadata: {name: pod-{{pod}}-account-{{account}} }
                    spec:
                      serviceAccountName: account-{{account}}
                      containers: [{name: c, image: nginx}]
                      {{Automount(pod)}}
                    """);
                bool isWanted = pod == "true" || (pod == "unset" && account != "false");
                Assert.Equal(
                    isWanted,
                    made.Items("spec.containers.0.volumeMounts").Any(static one => one.Text("mountPath") == TokenPath));
                Assert.Equal(isWanted, made.Items("spec.volumes").Any(static one => one.Has("projected")));
            }
        }
    }

    [Fact]
    [Conformance(Area, "should create a serviceAccountToken and ensure a successful TokenReview")]
    public async Task Should_create_a_serviceAccountToken_and_ensure_a_successful_TokenReview()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.ServiceAccounts.CreateAsync("metadata: {name: robot}");
        string token = await TokenAsync(space, "robot");
        Assert.NotEmpty(token);
        JsonNode review = await cluster.PostAsync(
            "/apis/authentication.k8s.io/v1/tokenreviews",
            new JsonObject { ["spec"] = new JsonObject { ["token"] = token } }.ToJsonString());
        Assert.Equal("", review.Text("status.error"));
        Assert.True((bool)review.At("status.authenticated")!);
        Assert.Equal($"system:serviceaccount:{space.Namespace}:robot", review.Text("status.user.username"));
        Assert.Equal(
            ["system:serviceaccounts", "system:serviceaccounts:" + space.Namespace, "system:authenticated"],
            review.Items("status.user.groups").Select(static one => (string)one!));
    }

    [Fact]
    [Conformance(Area, "should guarantee kube-root-ca.crt exist in any namespace")]
    public async Task Should_guarantee_kube_root_ca_crt_exist_in_any_namespace()
    {
        const string name = "kube-root-ca.crt";
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode first = await space.ConfigMaps.UntilAsync(name, static _ => true);
        string authority = (string)first["data"]!["ca.crt"]!;
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", authority, StringComparison.Ordinal);
        await space.ConfigMaps.DeleteAsync(name);
        JsonNode second = await space.ConfigMaps.UntilAsync(
            name, one => one.Text("metadata.uid") != first.Text("metadata.uid"));
        Assert.Equal(authority, (string?)second["data"]!["ca.crt"]);
        await space.ConfigMaps.UpdateAsync(name, static one => one["data"] = new JsonObject { ["ca.crt"] = "" });
        await space.ConfigMaps.UntilAsync(name, one => (string?)one["data"]!["ca.crt"] == authority);
    }

    [Fact]
    [Conformance(Area, "should run through the lifecycle of a ServiceAccount")]
    public async Task Should_run_through_the_lifecycle_of_a_ServiceAccount()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        await using WatchStream watch = await space.ServiceAccounts.WatchAsync("labelSelector=suite%3Dlife");
        await space.ServiceAccounts.CreateAsync("metadata: {name: robot, labels: {suite: life}}");
        JsonNode added = await watch.ExpectAsync("ADDED", "robot");
        Assert.Equal("life", added.Label("suite"));
        await space.ServiceAccounts.StrategicAsync("robot", """{"automountServiceAccountToken":false}""");
        await watch.UntilAsync("MODIFIED", static one => (bool?)one["automountServiceAccountToken"] == false);
        JsonNode listed =
            Assert.Single(await space.Everywhere("v1", "serviceaccounts").ListAsync("suite=life"));
        Assert.Equal((space.Namespace, "robot"), (listed.Text("metadata.namespace"), listed.Name()));
        Assert.False((bool)listed["automountServiceAccountToken"]!);
        await space.ServiceAccounts.DeleteCollectionAsync("suite=life");
        await watch.UntilAsync("DELETED", static one => one.Name() == "robot");
    }

    [Fact]
    [Conformance(Area, "should update a ServiceAccount")]
    public async Task Should_update_a_ServiceAccount()
    {
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode made = await space.ServiceAccounts.CreateAsync(
            "{metadata: {name: robot}, automountServiceAccountToken: false}");
        Assert.False((bool)made["automountServiceAccountToken"]!);
        await space.ServiceAccounts.UpdateAsync("robot", static one => one["automountServiceAccountToken"] = true);
        Assert.True((bool)(await space.ServiceAccounts.GetAsync("robot"))["automountServiceAccountToken"]!);
    }

    [Fact]
    [Conformance(Area, "ServiceAccountIssuerDiscovery should support OIDC discovery of service account issuer")]
    public async Task ServiceAccountIssuerDiscovery_should_support_OIDC_discovery_of_service_account_issuer()
    {
        // As a service account that may discover, a token is checked with nothing but what it says itself.
        Workspace space = await Workspace.CreateAsync(cluster);
        string token = await TokenAsync(space, "default", "oidc-discovery-test");
        string[] parts = token.Split('.');
        JsonNode claims = JsonNode.Parse(Decode(parts[1]))!;
        JsonNode header = JsonNode.Parse(Decode(parts[0]))!;
        string caller = await TokenAsync(space, "default");
        JsonNode document = await GetAsync("/.well-known/openid-configuration", caller);
        Assert.Equal(claims.Text("iss"), document.Text("issuer"));
        Assert.Contains("oidc-discovery-test", claims.Items("aud").Select(static one => (string)one!));
        JsonNode keys = await GetAsync(new Uri(document.Text("jwks_uri")).AbsolutePath, caller);
        JsonNode key = Assert.Single(keys.Items("keys"), one => one.Text("kid") == header.Text("kid"));
        Assert.Equal(("RS256", "RS256"), (header.Text("alg"), key.Text("alg")));
        using RSA rsa = RSA.Create(
            new RSAParameters { Modulus = Decode(key.Text("n")), Exponent = Decode(key.Text("e")) });
        byte[] signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        Assert.True(rsa.VerifyData(signed, Decode(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal($"system:serviceaccount:{space.Namespace}:default", claims.Text("sub"));
    }

    private static string Automount(string value) => value == "unset" ? "" : "automountServiceAccountToken: " + value;

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private static async Task<string> TokenAsync(Workspace space, string account, string? audience = null)
    {
        JsonObject spec = audience is null ? [] : new() { ["audiences"] = new JsonArray(audience) };
        JsonNode answer = await space.Cluster.PostAsync(
            $"{space.ServiceAccounts.Path}/{account}/token", new JsonObject { ["spec"] = spec }.ToJsonString());
        return answer.Text("status.token");
    }

    private async Task<JsonNode> GetAsync(string path, string token)
    {
        using HttpClientHandler handler = new()
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using HttpClient client = new(handler) { BaseAddress = cluster.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
