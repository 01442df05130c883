using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.ApiServer;

/// <summary>What flags do to a server with a store of its own.</summary>
public sealed class ApiServerEffectTests : IDisposable
{
    private const string Privileged =
        """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","securityContext":{"privileged":true}}]}}""";

    private readonly ServerDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Flags_act()
    {
        await using RunningServer server = await _files.StartAsync(
            "--data-dir=" + _files["data"],
            "--advertise-address=10.1.1.1",
            "--external-hostname=api.example.com",
            "--runtime-config=policy/v1=false,batch/v1/cronjobs=false",
            "--disable-admission-plugins=ServiceAccount",
            "--service-cluster-ip-range=10.20.0.0/16,fd00::/112",
            "--service-node-port-range=31000-31000",
            "--cors-allowed-origins=^https://console[.]example[.]com$",
            "--service-account-max-token-expiration=2h");
        using HttpClient client = server.Client(ServerDirectory.AdminToken);

        // Privileged containers need a flag of their own.
        (HttpStatusCode code, JsonNode answer) = await PostAsync(client, "/api/v1/namespaces/default/pods", Privileged);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal(
            "Pod \"p\" is invalid: spec.containers[0].securityContext.privileged: Forbidden: disallowed by cluster policy",
            (string)answer["message"]!);

        // What is switched off is neither served nor told of.
        Assert.Equal(
            HttpStatusCode.NotFound, (await client.GetAsync("/apis/policy/v1/poddisruptionbudgets")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/apis/batch/v1/cronjobs")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/apis/batch/v1/jobs")).StatusCode);
        Assert.DoesNotContain("cronjobs", await client.GetStringAsync("/apis/batch/v1"), StringComparison.Ordinal);

        // The service of the API has the first address, others any, of both families if they want.
        JsonNode kubernetes =
            JsonNode.Parse(await client.GetStringAsync("/api/v1/namespaces/default/services/kubernetes"))!;
        Assert.Equal("10.20.0.1", (string)kubernetes["spec"]!["clusterIP"]!);
        (_, JsonNode service) = await PostAsync(client, "/api/v1/namespaces/default/services",
            """{"metadata":{"name":"s"},"spec":{"type":"NodePort","ipFamilyPolicy":"RequireDualStack","ports":[{"port":80}]}}""");
        Assert.StartsWith("10.20.", (string)service["spec"]!["clusterIPs"]![0]!, StringComparison.Ordinal);
        Assert.StartsWith("fd00:", (string)service["spec"]!["clusterIPs"]![1]!, StringComparison.Ordinal);
        Assert.Equal(31000, (int)service["spec"]!["ports"]![0]!["nodePort"]!);

        // Tokens end no later than they may.
        await PostAsync(client, "/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"bot"}}""");
        (_, JsonNode token) = await PostAsync(
            client, "/api/v1/namespaces/default/serviceaccounts/bot/token", """{"spec":{"expirationSeconds":86400}}""");
        Assert.Equal(7200, (int)token["spec"]!["expirationSeconds"]!);

        JsonNode discovery = JsonNode.Parse(await client.GetStringAsync("/.well-known/openid-configuration"))!;
        Assert.Equal($"https://api.example.com:{server.Port}/openid/v1/jwks", (string)discovery["jwks_uri"]!);

        using HttpRequestMessage preflight = new(HttpMethod.Options, "/api/v1/pods");
        preflight.Headers.Add("Origin", "https://console.example.com");
        using HttpResponseMessage allowed = await client.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Equal("https://console.example.com", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Claims_administer_devices_only_in_namespaces_marked_for_it()
    {
        const string Claim =
            """{"metadata":{"name":"c"},"spec":{"devices":{"requests":[{"name":"a","exactly":{"deviceClassName":"d","adminAccess":true}}]}}}""";
        await using RunningServer server = await _files.StartAsync("--data-dir=" + _files["data"]);
        using HttpClient client = server.Client(ServerDirectory.AdminToken);
        (_, JsonNode refused) = await PostAsync(
            client, "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims", Claim);
        Assert.Equal(
            "ResourceClaim.resource.k8s.io \"c\" is invalid: spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the "
            + "`resource.kubernetes.io/admin-access: true` label on the containing namespace",
            (string)refused["message"]!);
        await PostAsync(client, "/api/v1/namespaces",
            """{"metadata":{"name":"admin","labels":{"resource.kubernetes.io/admin-access":"true"}}}""");
        (HttpStatusCode code, _) = await PostAsync(
            client, "/apis/resource.k8s.io/v1/namespaces/admin/resourceclaims", Claim);
        Assert.Equal(HttpStatusCode.Created, code);
    }

    [Fact]
    public async Task Components_are_told_of_with_a_warning()
    {
        await using RunningServer server = await _files.StartAsync("--data-dir=" + _files["data"]);
        using HttpClient client = server.Client(ServerDirectory.AdminToken);
        using HttpResponseMessage listed = await client.GetAsync("/api/v1/componentstatuses");
        Assert.Equal(
            "299 - \"v1 ComponentStatus is deprecated in v1.19+\"", listed.Headers.GetValues("Warning").Single());
        JsonArray items = JsonNode.Parse(await listed.Content.ReadAsStringAsync())!["items"]!.AsArray();
        Assert.Equal(
            ["scheduler", "controller-manager", "etcd-0"], items.Select(one => (string)one!["metadata"]!["name"]!));
        Assert.Equal("True", (string)items[2]!["conditions"]![0]!["status"]!);
        Assert.Equal("ok", (string)items[2]!["conditions"]![0]!["message"]!);
        JsonNode unknown = JsonNode.Parse(await (await client.GetAsync("/api/v1/componentstatuses/nope")).Content.ReadAsStringAsync())!;
        Assert.Equal("Component not found: nope", (string)unknown["message"]!);
    }

    private static async Task<(HttpStatusCode Code, JsonNode Body)> PostAsync(
        HttpClient client, string path, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(path, content);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
