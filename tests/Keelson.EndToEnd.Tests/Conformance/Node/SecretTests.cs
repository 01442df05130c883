using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Secrets as variables, and their API.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class SecretTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Secrets";

    private const string Secret =
        "{metadata: {name: secret}, stringData: {data-1: \"value-1\\n\", data_2: value-2, data_3: value-3}}";

    [Fact]
    [Conformance(Area, "should be consumable from pods in env vars [NodeConformance]")]
    public async Task Should_be_consumable_from_pods_in_env_vars()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Secrets.CreateAsync(Secret);
        string log = await space.SucceedAsync(RealManifests.Script(
            "env",
            "env",
            "env: [{name: SECRET_DATA, valueFrom: {secretKeyRef: {name: secret, key: data-1}}}]"));
        Assert.Contains("SECRET_DATA=value-1\n", log, StringComparison.Ordinal);
    }

    [Fact]
    [Conformance(Area, "should be consumable via the environment [NodeConformance]")]
    public async Task Should_be_consumable_via_the_environment()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Secrets.CreateAsync(Secret);
        string log = await space.SucceedAsync(RealManifests.Script(
            "env", "env", "envFrom: [{secretRef: {name: secret}}, {prefix: p_, secretRef: {name: secret}}]"));
        ConfigMapTests.AssertHas(log, "data_2=value-2", "data_3=value-3", "p_data_2=value-2", "p_data_3=value-3");
    }

    [Fact]
    [Conformance(Area, "should be consumable as environment variable names variable names with various prefixes")]
    public async Task Should_be_consumable_as_environment_variable_names_with_various_prefixes()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Secrets.CreateAsync(Secret);
        string log = await ConfigMapTests.PrefixedAsync(space, "secretRef: {name: secret}");
        foreach (string prefix in ConfigMapTests.Prefixes)
        {
            ConfigMapTests.AssertHas(log, $"{prefix}data-1=value-1", $"{prefix}data_2=value-2");
        }
    }

    [Fact]
    [Conformance(Area, "should fail to create secret due to empty secret key")]
    public async Task Should_fail_to_create_secret_due_to_empty_secret_key()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Secrets.RefusedAsync(
            "{metadata: {name: secret}, data: {\"\": dmFsdWUtMQ==}}", HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    [Conformance(Area, "should patch a secret")]
    public async Task Should_patch_a_secret()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Secrets.CreateAsync(
            "{metadata: {name: secret, labels: {testsecret-constant: \"true\"}}, data: {key: dmFsdWU=}}");
        Resource everywhere = space.Everywhere("v1", "secrets");
        Assert.Contains(
            await everywhere.ListAsync(), one => one.Text("metadata.namespace") == space.Namespace
                && one.Name() == "secret");
        await space.Secrets.StrategicAsync(
            "secret", """{"metadata":{"labels":{"testsecret":"true"}},"data":{"key":"dmFsdWUx"}}""");
        JsonNode patched = await space.Secrets.GetAsync("secret");
        Assert.Equal(("dmFsdWUx", "true"), (patched.Text("data.key"), patched.Label("testsecret")));
        await space.Secrets.DeleteCollectionAsync("testsecret=true");
        Assert.DoesNotContain(
            await everywhere.ListAsync("testsecret-constant=true"),
            one => one.Text("metadata.namespace") == space.Namespace);
    }

    [Fact]
    public async Task A_pod_waits_for_the_secret_that_it_needs()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(RealManifests.Sleeper(
            "needs", "env: [{name: A, valueFrom: {secretKeyRef: {name: secret, key: data_2}}}]"));
        JsonNode waiting = await space.WaitingAsync("needs", "CreateContainerConfigError");
        Assert.Equal("secret \"secret\" not found", waiting.Text("status.containerStatuses.0.state.waiting.message"));
    }
}
