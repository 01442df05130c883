using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Machinery.Wire;
using Keelson.Server.Discovery;
using Keelson.Server.OpenApi;

namespace Keelson.Server.Tests.OpenApi;

public sealed class OpenApiTests
{
    private static readonly DiscoveryRegistry Registry = new();
    private static readonly OpenApiDocuments Documents = new(Registry, TimeProvider.System);
    private static readonly OpenApiEndpoint Endpoint = new(Documents, TimeProvider.System);

    private static readonly Lazy<JsonElement> Whole = new(() => JsonDocument.Parse(Documents.Whole.Json).RootElement);

    private static JsonElement Document(string name) => JsonDocument.Parse(Documents.Named(name)!.Json).RootElement;

    [Fact]
    public async Task The_index_names_every_document_with_the_hash_of_its_content()
    {
        JsonElement paths = (await EndpointAnswer.GetAsync(Endpoint, "/openapi/v3")).Json.GetProperty("paths");
        string[] names = [.. paths.EnumerateObject().Select(one => one.Name)];
        Assert.Equal(47, names.Length);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        string address = paths.GetProperty("apis/apps/v1").GetProperty("serverRelativeURL").GetString()!;
        EndpointAnswer apps = await EndpointAnswer.GetAsync(Endpoint, address);
        Assert.Equal(200, apps.Code);
        Assert.Equal("public, immutable", apps.Headers.CacheControl);
        Assert.Equal("3.0.0", apps.Json.GetProperty("openapi").GetString());
        EndpointAnswer stale = await EndpointAnswer.GetAsync(Endpoint, "/openapi/v3/apis/apps/v1?hash=OLD");
        Assert.Equal((301, address), (stale.Code, stale.Headers.Location.ToString()));
        string etag = apps.Headers.ETag.ToString();
        Assert.Equal(304, (await EndpointAnswer.GetAsync(
            Endpoint, "/openapi/v3/apis/apps/v1", "", "GET", ("If-None-Match", etag))).Code);
        Assert.Equal(404, (await EndpointAnswer.GetAsync(Endpoint, "/openapi/v3/apis/nope/v1")).Code);
    }

    [Fact]
    public void References_lead_to_definitions_in_every_document()
    {
        foreach (ApiKind kind in ApiKinds.All
            .Where(one => one.Info.Resource.Length > 0 && one.Info.Group != "metrics.k8s.io")
            .DistinctBy(one => one.Info.ApiVersion))
        {
            string name = kind.Info.Group.Length == 0 ? "api/v1" : "apis/" + kind.Info.ApiVersion;
            JsonElement document = Document(name);
            AssertReferences(document, "#/components/schemas/",
                document.GetProperty("components").GetProperty("schemas"));
        }

        AssertReferences(Whole.Value, "#/definitions/", Whole.Value.GetProperty("definitions"));
    }

    [Fact]
    public void Fields_show_how_they_merge_what_they_default_to_and_which_values_they_take()
    {
        JsonElement schemas = Document("apis/apps/v1").GetProperty("components").GetProperty("schemas");
        JsonElement deployment = schemas.GetProperty("io.k8s.api.apps.v1.Deployment");
        Assert.Equal(
            """[{"group":"apps","kind":"Deployment","version":"v1"}]""",
            deployment.GetProperty("x-kubernetes-group-version-kind").GetRawText());
        JsonElement spec = deployment.GetProperty("properties").GetProperty("spec");
        Assert.Equal("{}", spec.GetProperty("default").GetRawText());
        Assert.Equal("#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec",
            spec.GetProperty("allOf")[0].GetProperty("$ref").GetString());

        JsonElement container = schemas.GetProperty("io.k8s.api.core.v1.Container").GetProperty("properties");
        JsonElement ports = container.GetProperty("ports");
        Assert.Equal("""["containerPort","protocol"]""", ports.GetProperty("x-kubernetes-list-map-keys").GetRawText());
        Assert.Equal("map", ports.GetProperty("x-kubernetes-list-type").GetString());
        Assert.Equal("containerPort", ports.GetProperty("x-kubernetes-patch-merge-key").GetString());
        Assert.Equal("merge", ports.GetProperty("x-kubernetes-patch-strategy").GetString());
        JsonElement policy = container.GetProperty("imagePullPolicy");
        Assert.Equal("""["Always","IfNotPresent","Never"]""", policy.GetProperty("enum").GetRawText());
        Assert.Contains("Possible enum values:\n - `\"Always\"`", policy.GetProperty("description").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(
            "TCP", schemas.GetProperty("io.k8s.api.core.v1.ContainerPort").GetProperty("properties")
                .GetProperty("protocol").GetProperty("default").GetString());
        Assert.Equal("int-or-string",
            schemas.GetProperty("io.k8s.apimachinery.pkg.util.intstr.IntOrString").GetProperty("format").GetString());

        JsonElement old = Whole.Value.GetProperty("definitions").GetProperty("io.k8s.api.apps.v1.Deployment")
            .GetProperty("properties").GetProperty("spec");
        Assert.Equal("#/definitions/io.k8s.api.apps.v1.DeploymentSpec", old.GetProperty("$ref").GetString());
        Assert.False(old.TryGetProperty("default", out _));
    }

    [Fact]
    public void Operations_have_upstreams_names_and_actions()
    {
        Dictionary<string, JsonElement> byId = Operations(Whole.Value)
            .ToDictionary(one => one.GetProperty("operationId").GetString()!);
        string[] expected =
        [
            "getCoreAPIVersions", "getCoreV1APIResources", "getAPIVersions", "getAppsAPIGroup", "getCodeVersion",
                "listCoreV1Node",
            "listAppsV1DeploymentForAllNamespaces", "createAppsV1NamespacedDeployment",
                "deleteAppsV1CollectionNamespacedDeployment",
            "readAppsV1NamespacedDeploymentScale", "patchCertificatesV1CertificateSigningRequestApproval",
                "readCoreV1NamespacedPodLog",
            "createCoreV1NamespacedPodEviction", "connectCoreV1GetNamespacedPodExec",
                "connectCoreV1PatchNodeProxyWithPath",
            "watchRbacAuthorizationV1NamespacedRoleList", "watchFlowcontrolApiserverV1FlowSchema",
                "replaceCoreV1NamespaceFinalize",
            "watchCoreV1PodListForAllNamespaces", "createAuthenticationV1TokenReview",
                "createCoreV1NamespacedServiceAccountToken",
        ];
        Assert.All(expected, one => Assert.Contains(one, byId.Keys));
        JsonElement patch = byId["patchAppsV1NamespacedDeployment"];
        Assert.Equal("patch", patch.GetProperty("x-kubernetes-action").GetString());
        Assert.Contains("fieldValidation", patch.GetProperty("parameters").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            """{"group":"autoscaling","kind":"Scale","version":"v1"}""",
            byId["readAppsV1NamespacedDeploymentScale"].GetProperty("x-kubernetes-group-version-kind").GetRawText());
        JsonElement exec = Whole.Value.GetProperty("paths")
            .GetProperty("/api/v1/namespaces/{namespace}/pods/{name}/exec");
        Assert.Contains("#/parameters/command-Py3eQybp", exec.GetProperty("parameters").GetRawText(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protobuf_says_the_same_as_json()
    {
        EndpointAnswer answer = await EndpointAnswer.GetAsync(
            Endpoint, "/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        Assert.Equal("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", answer.Type);
        Assert.Equal(Whole.Value.GetProperty("definitions").EnumerateObject().Select(one => one.Name),
            Names(answer.Body, 9, 1));
        Assert.Equal(Whole.Value.GetProperty("paths").EnumerateObject().Select(one => one.Name),
            Names(answer.Body, 8, 2));
        EndpointAnswer apps = await EndpointAnswer.GetAsync(
            Endpoint, "/openapi/v3/apis/apps/v1", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf");
        Assert.Equal(Document("apis/apps/v1").GetProperty("paths").EnumerateObject().Select(one => one.Name),
            Names(apps.Body, 4, 1));
        Assert.Equal(406, (await EndpointAnswer.GetAsync(Endpoint, "/openapi/v2", "text/plain")).Code);
    }

    [Fact]
    public void Kinds_that_come_at_run_time_get_a_document_and_join_the_whole_one()
    {
        DiscoveryRegistry registry = new();
        OpenApiDocuments documents = new(registry, TimeProvider.System);
        string before = documents.Whole.ETag;
        GroupVersionKind kind = new("example.com", "v1", "Widget");
        DiscoveryResource widgets = new("widgets", "Widget", true, ["list", "get", "patch"]);
        documents.Set(new RuntimeOpenApi("example.com", "v1", [widgets],
        [
            new RuntimeDefinition("com.example.v1.Widget", kind, """{"type":"object"}"""u8.ToArray(), """{"type":"object"}"""u8.ToArray()),
        ]));
        Assert.NotEqual(before, documents.Whole.ETag);
        JsonElement paths = JsonDocument.Parse(documents.Named("apis/example.com/v1")!.Json).RootElement.GetProperty(
            "paths");
        JsonElement patch = paths.GetProperty("/apis/example.com/v1/namespaces/{namespace}/widgets/{name}")
            .GetProperty("patch");
        Assert.DoesNotContain("strategic", patch.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("com.example.v1.Widget", patch.GetProperty("responses").GetRawText(), StringComparison.Ordinal);
        documents.Remove("example.com", "v1");
        Assert.Equal(before, documents.Whole.ETag);
    }

    /// <summary>The first texts of the pairs that a nested message holds.</summary>
    private static List<string> Names(byte[] message, int outer, int inner)
    {
        List<string> names = [];
        ProtoReader reader = new(message);
        while (reader.Next(out int field))
        {
            if (field != outer)
            {
                reader.Skip();
                continue;
            }

            ProtoReader map = reader.Message();
            while (map.Next(out int pairs))
            {
                if (pairs != inner)
                {
                    map.Skip();
                    continue;
                }

                ProtoReader pair = map.Message();
                while (pair.Next(out int part))
                {
                    if (part == 1)
                    {
                        names.Add(pair.ReadString());
                    }
                    else
                    {
                        pair.Skip();
                    }
                }
            }
        }

        return names;
    }

    private static IEnumerable<JsonElement> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Where(one => one.Name != "parameters")
            .Select(one => one.Value));

    private static void AssertReferences(JsonElement value, string prefix, JsonElement definitions)
    {
        foreach (JsonElement inner in value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Select(one => one.Value),
            JsonValueKind.Array => value.EnumerateArray(),
            _ => [],
        })
        {
            AssertReferences(inner, prefix, definitions);
        }

        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("$ref", out JsonElement reference)
            && reference.ValueKind == JsonValueKind.String
                && reference.GetString()!.StartsWith(prefix, StringComparison.Ordinal))
        {
            Assert.True(definitions.TryGetProperty(reference.GetString()![prefix.Length..], out _),
                reference.GetString());
        }
    }
}
