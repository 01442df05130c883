using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Config maps as variables, and their API.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ConfigMapTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] ConfigMap";

    [Fact]
    [Conformance(Area, "should be consumable via environment variable [NodeConformance]")]
    public async Task Should_be_consumable_via_environment_variable()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ConfigMaps.CreateAsync("{metadata: {name: config}, data: {data-1: value-1}}");
        string log = await space.SucceedAsync(RealManifests.Script(
            "env",
            "env",
            "env: [{name: CONFIG_DATA_1, valueFrom: {configMapKeyRef: {name: config, key: data-1}}}, "
                + "{name: NONE, valueFrom: {configMapKeyRef: {name: config, key: none, optional: true}}}]"));
        Assert.Contains("CONFIG_DATA_1=value-1\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("NONE=", log, StringComparison.Ordinal);
    }

    [Fact]
    [Conformance(Area, "should be consumable via the environment [NodeConformance]")]
    public async Task Should_be_consumable_via_the_environment()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ConfigMaps.CreateAsync(
            "{metadata: {name: config}, data: {data_1: value-1, data_2: value-2, data_3: value-3}}");
        string log = await space.SucceedAsync(RealManifests.Script(
            "env",
            "env",
            "envFrom: [{configMapRef: {name: config}}, {prefix: p_, configMapRef: {name: config}}]"));
        AssertHas(log, "data_1=value-1", "data_2=value-2", "data_3=value-3");
        AssertHas(log, "p_data_1=value-1", "p_data_2=value-2", "p_data_3=value-3");
    }

    [Fact]
    [Conformance(Area, "should be consumable as environment variable names with various prefixes")]
    public async Task Should_be_consumable_as_environment_variable_names_with_various_prefixes()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ConfigMaps.CreateAsync(
            "{metadata: {name: config}, data: {data_1: value-1, 9.digits-first: value-2}}");
        string log = await PrefixedAsync(space, "configMapRef: {name: config}");
        foreach (string prefix in Prefixes)
        {
            AssertHas(log, $"{prefix}data_1=value-1", $"{prefix}9.digits-first=value-2");
        }
    }

    [Fact]
    [Conformance(Area, "should fail to create ConfigMap with empty key")]
    public async Task Should_fail_to_create_ConfigMap_with_empty_key()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ConfigMaps.RefusedAsync(
            "{metadata: {name: config}, data: {\"\": value-1}}", HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    [Conformance(Area, "should update ConfigMap successfully [NodeConformance]")]
    public async Task Should_update_ConfigMap_successfully()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ConfigMaps.CreateAsync("{metadata: {name: config}}");
        JsonNode updated = await space.ConfigMaps.UpdateAsync(
            "config", static one => one["data"] = new JsonObject { ["data"] = "value" });
        Assert.Equal("value", updated.Text("data.data"));
        Assert.Equal("value", (await space.ConfigMaps.GetAsync("config")).Text("data.data"));
    }

    [Fact]
    [Conformance(Area, "should run through a ConfigMap lifecycle")]
    public async Task Should_run_through_a_ConfigMap_lifecycle()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await using WatchStream watch = await space.ConfigMaps.WatchAsync("labelSelector=test%3Dstatic");
        await space.ConfigMaps.CreateAsync(
            "{metadata: {name: config, labels: {test: static}}, data: {valueName: value}}");
        await watch.ExpectAsync("ADDED", "config");
        await space.ConfigMaps.StrategicAsync(
            "config", """{"metadata":{"labels":{"patched":"true"}},"data":{"valueName":"value1"}}""");
        await watch.UntilAsync("MODIFIED", static one => one.Label("patched") == "true");
        Assert.Equal("value1", (await space.ConfigMaps.GetAsync("config")).Text("data.valueName"));
        JsonNode found = Assert.Single(
            await space.Everywhere("v1", "configmaps").ListAsync("test=static"),
            one => one.Text("metadata.namespace") == space.Namespace);
        Assert.Equal(("config", "value1"), (found.Name(), found.Text("data.valueName")));
        await space.ConfigMaps.DeleteCollectionAsync("test=static");
        await watch.UntilAsync("DELETED", static one => one.Name() == "config");
        Assert.Empty(await space.ConfigMaps.ListAsync("test=static"));
    }

    /// <summary>What may stand before the names of variables: anything that prints but for the equals sign.</summary>
    internal static readonly string[] Prefixes =
        ["p_", "1-", "$_-", "!\"#%&'()", "*+,-./0123456789", ":;<>?@", "[\\]^_`a{|}~", "key with spaces "];

    /// <summary>The variables of a container that takes all of an object under each of the prefixes.</summary>
    internal static Task<string> PrefixedAsync(Workspace space, string reference) =>
        space.SucceedAsync(RealManifests.Of(
            "env",
            "restartPolicy: Never",
            $"{{name: c, image: busybox, command: [env], envFrom: [{string.Join(", ", Prefixes.Select(
                one => $"{{prefix: {RealManifests.Quoted(one)}, {reference}}}"))}]}}"));

    /// <summary>Asserts that all are lines of a text.</summary>
    internal static void AssertHas(string log, params string[] lines) => Assert.Empty(lines.Except(log.Split('\n')));
}
