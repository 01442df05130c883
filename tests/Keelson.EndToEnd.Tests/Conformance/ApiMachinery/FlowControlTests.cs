using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>The API of priority and fairness.</summary>
public sealed class FlowControlTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Area = "[sig-api-machinery] API priority and fairness";
    private const string Group = "flowcontrol.apiserver.k8s.io/v1";

    [Fact]
    [Conformance(Area, "should support FlowSchema API operations")]
    public async Task Should_support_FlowSchema_API_operations()
    {
        ApiOperations schemas = new(
            new Resource(cluster, $"/apis/{Group}/flowschemas"),
            Group,
            """
            spec:
              matchingPrecedence: 10000
              priorityLevelConfiguration: {name: global-default}
              distinguisherMethod: {type: ByUser}
              rules:
              - subjects: [{kind: User, user: {name: example-e2e-non-existent-user}}]
                nonResourceRules: [{verbs: ["*"], nonResourceURLs: ["*"]}]
            """);
        await schemas.DiscoverAsync("status");
        await schemas.UseAsync("schema");
        await schemas.CreateAsync("status", "status");
        await schemas.UseConditionsAsync("status/status");
        await schemas.Resource.DeleteAsync("status");
    }

    [Fact]
    [Conformance(Area, "should support PriorityLevelConfiguration API operations")]
    public async Task Should_support_PriorityLevelConfiguration_API_operations()
    {
        ApiOperations levels = new(
            new Resource(cluster, $"/apis/{Group}/prioritylevelconfigurations"),
            Group,
            """
            spec:
              type: Limited
              limited: {nominalConcurrencyShares: 2, limitResponse: {type: Reject}}
            """);
        await levels.DiscoverAsync("status");
        await levels.UseAsync("level");
        await levels.CreateAsync("status", "status");
        await levels.UseConditionsAsync("status/status");
        await levels.Resource.DeleteAsync("status");
    }
}
