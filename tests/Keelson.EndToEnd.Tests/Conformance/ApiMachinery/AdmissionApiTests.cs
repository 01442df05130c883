using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>The APIs by which admission is configured.</summary>
public sealed class AdmissionApiTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Group = "admissionregistration.k8s.io/v1";
    private const string Mutating = "[sig-api-machinery] MutatingAdmissionPolicy [Privileged:ClusterAdmin]";
    private const string Validating = "[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin]";

    [Fact]
    [Conformance(Validating, "should support ValidatingAdmissionPolicy API operations")]
    public async Task Should_support_ValidatingAdmissionPolicy_API_operations()
    {
        ApiOperations policies = Of(
            "validatingadmissionpolicies",
            """
            spec:
              validations: [{expression: "object.spec.replicas <= 100"}]
              matchConstraints:
                resourceRules:
                - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
            """);
        await policies.DiscoverAsync("status");
        await policies.UseAsync("validating-policy");
        await policies.CreateAsync("policy-status", "policy-status");
        await policies.UseConditionsAsync("policy-status/status");
        await policies.Resource.DeleteAsync("policy-status");
    }

    [Fact]
    [Conformance(Validating, "should support ValidatingAdmissionPolicyBinding API operations")]
    public async Task Should_support_ValidatingAdmissionPolicyBinding_API_operations()
    {
        ApiOperations bindings = Of(
            "validatingadmissionpolicybindings", "spec: {policyName: replicas.example.com, validationActions: [Deny]}");
        await bindings.DiscoverAsync();
        await bindings.UseAsync("validating-binding");
    }

    [Fact]
    [Conformance(Mutating, "should support MutatingAdmissionPolicy API operations")]
    public async Task Should_support_MutatingAdmissionPolicy_API_operations()
    {
        ApiOperations policies = Of(
            "mutatingadmissionpolicies",
            """
            spec:
              reinvocationPolicy: Never
              mutations:
              - patchType: ApplyConfiguration
                applyConfiguration: {expression: "Object{metadata: Object.metadata{labels: {'a': 'b'}}}"}
              matchConstraints:
                resourceRules:
                - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
            """);
        await policies.DiscoverAsync();
        await policies.UseAsync("mutating-policy");
    }

    [Fact]
    [Conformance(Mutating, "should support MutatingAdmissionPolicyBinding API operations")]
    public async Task Should_support_MutatingAdmissionPolicyBinding_API_operations()
    {
        ApiOperations bindings = Of("mutatingadmissionpolicybindings", "spec: {policyName: labels.example.com}");
        await bindings.DiscoverAsync();
        await bindings.UseAsync("mutating-binding");
    }

    [Fact]
    [Conformance(
        "[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin]",
        "should include webhook resources in discovery documents")]
    public async Task Should_include_webhook_resources_in_discovery_documents()
    {
        JsonNode group = Assert.Single(
            (await cluster.GetAsync("/apis")).Items("groups"),
            static one => one.Text("name") == "admissionregistration.k8s.io");
        Assert.Contains(group.Items("versions"), static one => one.Text("groupVersion") == Group);
        JsonNode alone = await cluster.GetAsync("/apis/admissionregistration.k8s.io");
        Assert.Contains(alone.Items("versions"), static one => one.Text("version") == "v1");
        IReadOnlyList<JsonNode> resources = (await cluster.GetAsync("/apis/" + Group)).Items("resources");
        Assert.Contains(resources, static one => one.Text("name") == "mutatingwebhookconfigurations");
        Assert.Contains(resources, static one => one.Text("name") == "validatingwebhookconfigurations");
    }

    private ApiOperations Of(string resource, string manifest) =>
        new(new Resource(cluster, $"/apis/{Group}/{resource}"), Group, manifest);
}
