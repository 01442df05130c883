using System.Text.Json;
using Keelson.Server.Discovery;

namespace Keelson.Server.Tests.Discovery;

public sealed class DiscoveryEndpointTests
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private readonly DiscoveryRegistry _registry = new();

    private DiscoveryEndpoint Endpoint => field ??= new(_registry, () => "10.0.0.1:6443");

    [Fact]
    public async Task Core_lists_its_version_and_the_servers_address_without_saying_an_api_version()
    {
        EndpointAnswer answer = await EndpointAnswer.GetAsync(Endpoint, "/api");
        Assert.Equal(
            """{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"10.0.0.1:6443"}]}""",
            answer.Text);
    }

    [Fact]
    public async Task Groups_stand_in_the_order_of_their_priority_and_versions_from_best_to_least()
    {
        JsonElement groups = (await EndpointAnswer.GetAsync(Endpoint, "/apis")).Json.GetProperty("groups");
        Assert.Equal(
            "apiregistration.k8s.io apps events.k8s.io authentication.k8s.io authorization.k8s.io autoscaling batch certificates.k8s.io "
            + "networking.k8s.io policy rbac.authorization.k8s.io storage.k8s.io admissionregistration.k8s.io apiextensions.k8s.io "
            + "scheduling.k8s.io coordination.k8s.io node.k8s.io discovery.k8s.io resource.k8s.io flowcontrol.apiserver.k8s.io",
            string.Join(' ', groups.EnumerateArray().Select(one => one.GetProperty("name").GetString())));
        JsonElement autoscaling = groups.EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == "autoscaling");
        Assert.Equal("autoscaling/v2",
            autoscaling.GetProperty("preferredVersion").GetProperty("groupVersion").GetString());
        Assert.Equal("v1", autoscaling.GetProperty("versions")[1].GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("/apis/events.k8s.io/v1", "events", "r2yiGXH7wu8=")]
    [InlineData("/apis/certificates.k8s.io/v1", "certificatesigningrequests", "95fRKMXA+00=")]
    [InlineData("/apis/discovery.k8s.io/v1/", "endpointslices", "qgS0xkrxYAI=")]
    [InlineData("/apis/flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations", "Kir5PVfvNeI=")]
    public async Task Stored_resources_show_the_hash_of_the_kind_they_are_stored_as(
        string path, string resource, string hash)
    {
        JsonElement resources = (await EndpointAnswer.GetAsync(Endpoint, path)).Json.GetProperty("resources");
        JsonElement found = resources.EnumerateArray().Single(one => one.GetProperty("name").GetString() == resource);
        Assert.Equal(hash, found.GetProperty("storageVersionHash").GetString());
    }

    [Fact]
    public async Task Subresources_follow_their_resource_and_name_the_kind_of_another_group()
    {
        JsonElement core = (await EndpointAnswer.GetAsync(Endpoint, "/api/v1")).Json;
        Assert.False(core.TryGetProperty("apiVersion", out _));
        string[] names = [.. core.GetProperty("resources").EnumerateArray()
            .Select(one => one.GetProperty("name").GetString()!)];
        Assert.Equal(
            "pods pods/attach pods/binding pods/ephemeralcontainers pods/eviction pods/exec pods/log pods/portforward pods/proxy "
            + "pods/resize pods/status podtemplates",
            string.Join(' ', names.Where(one => one.StartsWith("pod", StringComparison.Ordinal))));
        JsonElement eviction = core.GetProperty("resources")[Array.IndexOf(names, "pods/eviction")];
        Assert.Equal(
            """{"name":"pods/eviction","singularName":"","namespaced":true,"group":"policy","version":"v1","kind":"Eviction","verbs":["create"]}""",
            eviction.GetRawText());
    }

    [Fact]
    public async Task The_aggregated_form_is_given_to_who_asks_for_it_in_any_place_and_knows_what_clients_have()
    {
        EndpointAnswer answer = await EndpointAnswer.GetAsync(Endpoint, "/api", "application/json," + Aggregated);
        Assert.Equal(Aggregated, answer.Type);
        JsonElement core = answer.Json.GetProperty("items")[0];
        Assert.Equal("{}", core.GetProperty("metadata").GetRawText());
        Assert.Equal("Current", core.GetProperty("versions")[0].GetProperty("freshness").GetString());
        JsonElement bindings = core.GetProperty("versions")[0].GetProperty("resources")[0];
        Assert.Equal(
            """{"resource":"bindings","responseKind":{"group":"","version":"","kind":"Binding"},"scope":"Namespaced","singularResource":"binding","verbs":["create"]}""",
            bindings.GetRawText());

        string etag = answer.Headers.ETag.ToString();
        EndpointAnswer again =
            await EndpointAnswer.GetAsync(Endpoint, "/api", Aggregated, "GET", ("If-None-Match", etag));
        Assert.Equal((304, 0), (again.Code, again.Body.Length));
        EndpointAnswer proto =
            await EndpointAnswer.GetAsync(
                Endpoint, "/apis", Aggregated.Replace("json", "vnd.kubernetes.protobuf", StringComparison.Ordinal));
        Assert.Equal("k8s\0"u8.ToArray(), proto.Body[..4]);
    }

    [Theory]
    [InlineData("/apis/apps/v9", "GET", "", 404, "application/json")]
    [InlineData("/apis/nope.example.com", "GET", "", 404, "text/plain; charset=utf-8")]
    [InlineData("/api/v9", "GET", "", 404, "application/json")]
    [InlineData("/api/v1", "HEAD", "", 405, "application/json")]
    [InlineData("/api/v1", "GET", "text/html", 406, "application/json")]
    [InlineData("/apis/apps", "GET", "text/html", 406, "application/json")]
    public async Task What_is_not_there_or_not_allowed_is_refused_as_upstream_does(
        string path, string method, string accept, int code, string type)
    {
        EndpointAnswer answer = await EndpointAnswer.GetAsync(Endpoint, path, accept, method);
        Assert.Equal((code, type), (answer.Code, answer.Type));
    }

    [Fact]
    public async Task Groups_that_come_at_run_time_are_shown_behind_the_others_until_they_go()
    {
        DiscoveryResource widget =
            new("widgets", "Widget", true, ["get"]) { KindGroup = "example.com", KindVersion = "v1" };
        string[] versions = ["foo", "v1alpha1", "v10", "v1beta1", "v1"];
        _registry.Replace("customresources",
        [
            new DiscoveryGroup(
                "example.com", [.. versions.Order(KubeVersionOrder.Instance)
                    .Select(one => new DiscoveryVersion(one, [widget]))]),
        ]);
        JsonElement group = (await EndpointAnswer.GetAsync(Endpoint, "/apis/example.com")).Json;
        Assert.Equal(
            "v10 v1 v1beta1 v1alpha1 foo",
            string.Join(' ', group.GetProperty("versions").EnumerateArray()
                .Select(one => one.GetProperty("version").GetString())));
        Assert.Equal("text/plain; charset=utf-8",
            (await EndpointAnswer.GetAsync(Endpoint, "/apis/example.com/v2")).Type);
        _registry.Replace("customresources", []);
        Assert.Equal(404, (await EndpointAnswer.GetAsync(Endpoint, "/apis/example.com/v1")).Code);
    }
}
