using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>What the API server says of itself.</summary>
public sealed class DiscoveryTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static readonly (string GroupVersion, string Resource, string Kind)[] BuiltIn =
    [
        ("admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration"),
        ("apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition"),
        ("apiregistration.k8s.io/v1", "apiservices", "APIService"),
        ("apps/v1", "deployments", "Deployment"),
        ("authentication.k8s.io/v1", "tokenreviews", "TokenReview"),
        ("authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        ("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
        ("batch/v1", "jobs", "Job"),
        ("certificates.k8s.io/v1", "certificatesigningrequests", "CertificateSigningRequest"),
        ("coordination.k8s.io/v1", "leases", "Lease"),
        ("discovery.k8s.io/v1", "endpointslices", "EndpointSlice"),
        ("events.k8s.io/v1", "events", "Event"),
        ("flowcontrol.apiserver.k8s.io/v1", "flowschemas", "FlowSchema"),
        ("networking.k8s.io/v1", "ingresses", "Ingress"),
        ("node.k8s.io/v1", "runtimeclasses", "RuntimeClass"),
        ("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole"),
        ("scheduling.k8s.io/v1", "priorityclasses", "PriorityClass"),
        ("storage.k8s.io/v1", "csidrivers", "CSIDriver"),
    ];

    [Fact]
    [Conformance("[sig-api-machinery] server version should find the server version")]
    public async Task Should_find_the_server_version()
    {
        JsonNode version = await cluster.GetAsync("/version");
        Assert.Equal(("1", "36"), (version.Text("major"), version.Text("minor")));
        Assert.StartsWith("v1.36.", version.Text("gitVersion"), StringComparison.Ordinal);
    }

    [Fact]
    [Conformance("[sig-api-machinery] Discovery should validate PreferredVersion for each APIGroup")]
    public async Task Should_validate_PreferredVersion_for_each_APIGroup()
    {
        IReadOnlyList<JsonNode> groups = (await cluster.GetAsync("/apis")).Items("groups");
        Assert.True(groups.Count > 15);
        foreach (JsonNode listed in groups)
        {
            JsonNode group = await cluster.GetAsync("/apis/" + listed.Text("name"));
            Assert.Equal("APIGroup", group.Text("kind"));
            Assert.Contains(
                group.Items("versions"),
                one => one.Text("groupVersion") == group.Text("preferredVersion.groupVersion"));
        }
    }

    [Fact]
    [Conformance("[sig-api-machinery] Discovery should locate the groupVersion and a resource within each APIGroup")]
    public async Task Should_locate_the_groupVersion_and_a_resource_within_each_APIGroup()
    {
        IReadOnlyList<JsonNode> groups = (await cluster.GetAsync("/apis")).Items("groups");
        foreach ((string groupVersion, string resource, string kind) in BuiltIn)
        {
            JsonNode group = Assert.Single(groups, one => one.Text("name") == groupVersion.Split('/')[0]);
            Assert.Contains(group.Items("versions"), one => one.Text("groupVersion") == groupVersion);
            JsonNode list = await cluster.GetAsync("/apis/" + groupVersion);
            Assert.Equal(("APIResourceList", groupVersion), (list.Text("kind"), list.Text("groupVersion")));
            JsonNode found = Assert.Single(list.Items("resources"), one => one.Text("name") == resource);
            Assert.Equal(kind, found.Text("kind"));
        }
    }

    [Fact]
    [Conformance("[sig-api-machinery] AggregatedDiscovery should support aggregated discovery interface")]
    public async Task Should_support_aggregated_discovery_interface()
    {
        JsonNode named = await AggregatedAsync("/apis", Aggregated);
        foreach ((string groupVersion, string resource, string kind) in BuiltIn)
        {
            JsonNode group = Assert.Single(named.Items(), one => one.Name() == groupVersion.Split('/')[0]);
            JsonNode version = Assert.Single(
                group.Items("versions"), one => one.Text("version") == groupVersion.Split('/')[1]);
            JsonNode found = Assert.Single(version.Items("resources"), one => one.Text("resource") == resource);
            Assert.Equal(kind, found.Text("responseKind.kind"));
            Assert.NotEmpty(found.Items("verbs"));
        }

        JsonNode core = Assert.Single((await AggregatedAsync("/api", Aggregated)).Items());
        JsonNode pods = Assert.Single(core.Items("versions.0.resources"), static one => one.Text("resource") == "pods");
        Assert.Equal(("Namespaced", "pod"), (pods.Text("scope"), pods.Text("singularResource")));
        Assert.Contains(pods.Items("subresources"), static one => one.Text("subresource") == "status");
    }

    [Fact]
    [Conformance(
        "[sig-api-machinery] AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers")]
    public async Task Should_support_raw_aggregated_discovery_endpoint_Accept_headers()
    {
        foreach (string path in (string[])["/api", "/apis"])
        {
            JsonNode two = await AggregatedAsync(path, Aggregated);
            Assert.Equal("apidiscovery.k8s.io/v2", two.Text("apiVersion"));
            JsonNode either = await AggregatedAsync(
                path,
                $"{Aggregated},{Aggregated.Replace("v=v2", "v=v2beta1", StringComparison.Ordinal)},application/json");
            Assert.Equal("apidiscovery.k8s.io/v2", either.Text("apiVersion"));
        }

        Assert.Equal("APIGroupList", (await cluster.GetAsync("/apis")).Text("kind"));
        Assert.Equal("APIVersions", (await cluster.GetAsync("/api")).Text("kind"));
    }

    [Fact]
    [Conformance(
        "[sig-api-machinery] Servers with support for Table transformation",
        "should return a 406 for a backend which does not implement metadata")]
    public async Task Should_return_a_406_for_a_backend_which_does_not_implement_metadata()
    {
        using HttpRequestMessage request = new(
            HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
        {
            Content = new StringContent(
                """
                {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview",
                 "spec":{"resourceAttributes":{"verb":"list","resource":"services","namespace":"default"}}}
                """,
                MediaTypeHeaderValue.Parse("application/json")),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        using HttpResponseMessage response = await cluster.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        JsonNode status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("NotAcceptable", status.Text("reason"));
    }

    private async Task<JsonNode> AggregatedAsync(string path, string accept)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await cluster.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
            response.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.NotNull(response.Headers.ETag);
        JsonNode list = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("APIGroupDiscoveryList", list.Text("kind"));
        return list;
    }
}
