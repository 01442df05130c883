using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Keelson.Server.Tests.Robustness;

namespace Keelson.Server.Tests.Services;

/// <summary>What a server gives to services, and refuses to give.</summary>
public sealed class ServiceAllocationTests(RobustServer server) : IClassFixture<RobustServer>
{
    private const string Services = "/api/v1/namespaces/default/services";

    [Fact]
    public async Task A_load_balancer_that_keeps_traffic_local_has_a_port_for_health_checks()
    {
        JsonElement made = await CreateAsync("lb", "'type':'LoadBalancer','ports':[{'port':80}]");
        Assert.False(made.GetProperty("spec").TryGetProperty("healthCheckNodePort", out _));

        JsonElement local = await PatchAsync("lb", "{'spec':{'externalTrafficPolicy':'Local'}}");
        int port = local.GetProperty("spec").GetProperty("healthCheckNodePort").GetInt32();
        Assert.InRange(port, 30000, 32767);

        Assert.Equal("provided port is already allocated", Cause(await CreateAsync(
            "thief", $"'type':'NodePort','ports':[{{'port':80,'nodePort':{port}}}]")));

        JsonElement spread = await PatchAsync("lb", "{'spec':{'externalTrafficPolicy':'Cluster'}}");
        Assert.False(spread.GetProperty("spec").TryGetProperty("healthCheckNodePort", out _));
        Assert.Equal(port, NodePort(await CreateAsync(
            "heir", $"'type':'NodePort','ports':[{{'port':80,'nodePort':{port}}}]"), 0));
    }

    [Fact]
    public async Task One_port_with_two_protocols_is_one_port_on_the_nodes()
    {
        JsonElement made = await CreateAsync(
            "dns", "'type':'NodePort','ports':[{'name':'t','port':53},{'name':'u','port':53,'protocol':'UDP'}]");

        Assert.Equal(NodePort(made, 0), NodePort(made, 1));
    }

    [Fact]
    public async Task A_dry_run_shows_ports_that_nobody_has()
    {
        JsonElement made = await CreateAsync(
            "dry?dryRun=All", "'type':'NodePort','ports':[{'name':'a','port':1},{'name':'b','port':2}]");

        Assert.Equal((32768, 32769), (NodePort(made, 0), NodePort(made, 1)));
    }

    [Theory]
    [InlineData("'clusterIP':'1.2.3.4','ports':[{'port':80}]", "the provided network does not match the current range")]
    [InlineData(
        "'clusterIP':'10.96.0.0','ports':[{'port':80}]",
        "the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/16")]
    [InlineData("'clusterIP':'10.96.0.1','ports':[{'port':80}]", "provided IP is already allocated")]
    public async Task An_address_that_cannot_be_had_is_refused(string spec, string problem) => Assert.EndsWith(
        "failed to allocate IP " + spec.Split('\'')[3] + ": " + problem,
        Cause(await CreateAsync("wish", spec)),
        StringComparison.Ordinal);

    [Fact]
    public async Task An_added_range_gives_addresses_once_it_is_ready()
    {
        const string Ranges = "/apis/networking.k8s.io/v1/servicecidrs";
        const string Wish = "'clusterIP':'10.77.0.9','ports':[{'port':80}]";
        await SendAsync(
            HttpMethod.Post,
            Ranges,
            "{'metadata':{'name':'more'},'spec':{'cidrs':['10.77.0.0/24']}}",
            "application/json");
        Assert.Equal("the provided network does not match the current range", Problem(await CreateAsync("far", Wish)));

        await SendAsync(
            HttpMethod.Patch,
            Ranges + "/more/status",
            "{'status':{'conditions':[{'type':'Ready','status':'True','reason':'','message':'',"
                + "'lastTransitionTime':null}]}}",
            "application/merge-patch+json");
        JsonElement made = await CreateAsync("far", Wish);
        Assert.Equal("10.77.0.9", made.GetProperty("spec").GetProperty("clusterIP").GetString());
    }

    [Fact]
    public async Task What_cannot_be_allocated_is_told_before_what_is_wrong_otherwise() => Assert.StartsWith(
        "Service \"early\" is invalid: spec.clusterIPs[0]: Invalid value: \"foo\": must be a valid IP address",
        (await CreateAsync("early", "'clusterIP':'foo','ports':[]")).GetProperty("message").GetString(),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_write_that_fails_gives_its_address_back()
    {
        JsonElement refused = await CreateAsync("wrong", "'clusterIP':'10.96.9.9','ports':[]");
        Assert.Equal(422, refused.GetProperty("code").GetInt32());
        JsonElement made = await CreateAsync("right", "'clusterIP':'10.96.9.9','ports':[{'port':80}]");
        Assert.Equal("10.96.9.9", made.GetProperty("spec").GetProperty("clusterIP").GetString());

        Assert.Equal(
            "Service \"right\" is invalid: spec.clusterIPs[0]: Invalid value: [\"10.96.9.8\"]: may not change once set",
            (await PatchAsync("right", "{'spec':{'clusterIP':'10.96.9.8'}}")).GetProperty("message").GetString());
    }

    private static int NodePort(JsonElement service, int index) =>
        service.GetProperty("spec").GetProperty("ports")[index].GetProperty("nodePort").GetInt32();

    private static string Problem(JsonElement status) => Cause(status).Split(": ", 2)[1];

    private static string Cause(JsonElement status)
    {
        string message = status.GetProperty("details").GetProperty("causes")[0].GetProperty("message").GetString()!;
        return message.Split("Invalid value: ")[1].Split(": ", 2)[1];
    }

    /// <summary>Creates a service; a query may follow its name.</summary>
    private async Task<JsonElement> CreateAsync(string name, string spec)
    {
        string[] parts = name.Split('?');
        string body = $"{{'apiVersion':'v1','kind':'Service','metadata':{{'name':'{parts[0]}'}},'spec':{{{spec}}}}}";
        return await SendAsync(HttpMethod.Post, Services + name[parts[0].Length..], body, "application/json");
    }

    private Task<JsonElement> PatchAsync(string name, string patch) =>
        SendAsync(HttpMethod.Patch, $"{Services}/{name}", patch, "application/merge-patch+json");

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string body, string type)
    {
        using StringContent content = new(body.Replace('\'', '"'), Encoding.UTF8, type);
        using HttpRequestMessage request = new(method, path) { Content = content };
        CancellationToken stop = TestContext.Current.CancellationToken;
        using HttpResponseMessage answer = await server.Client.SendAsync(request, stop);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
    }
}
