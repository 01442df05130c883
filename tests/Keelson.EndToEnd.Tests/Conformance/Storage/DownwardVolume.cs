using System.Globalization;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>
/// What upstream's suite tries of volumes that show fields of the pod, directly or as part of a projected volume.
/// </summary>
/// <param name="Space">The namespace.</param>
/// <param name="IsProjected">True for a part of a projected volume.</param>
internal sealed record DownwardVolume(Workspace Space, bool IsProjected = false)
{
    /// <summary>The pod's name, as a file.</summary>
    public const string PodName = "path: file, fieldRef: {fieldPath: metadata.name}";

    private const string Resources =
        "resources: {limits: {cpu: 1250m, memory: 64Mi}, requests: {cpu: 250m, memory: 32Mi} }";

    /// <summary>A pod reads an item, whose file must be as expected: mode, owner, content.</summary>
    public async Task ShowsAsync(string item, string expected, int? mode = null)
    {
        string log = await Space.SucceedAsync(PodShell.Running(PodShell.Show("/etc/v/file"), Source(item, mode)));
        Assert.Equal($"/etc/v/file {expected}\n", log);
    }

    /// <summary>A pod reads what its container asks for of a resource.</summary>
    public async Task ShowsResourceAsync(string resource, string expected)
    {
        string log = await Space.SucceedAsync(
            PodShell.Running("cat /etc/v/file", Source(Resource(resource)), container: Resources));
        Assert.Equal(expected, log.TrimEnd());
    }

    /// <summary>A pod whose container has no limit reads what the node has for pods.</summary>
    public async Task ShowsAllocatableAsync(string resource)
    {
        string log = await Space.SucceedAsync(
            PodShell.Running("cat /etc/v/file", Source(Resource("limits." + resource))));
        JsonNode node = Assert.Single(await Space.Everywhere("v1", "nodes").ListAsync());
        string allocatable = node.Text("status.allocatable." + resource);
        decimal expected = allocatable switch
        {
            [.. var number, 'K', 'i'] => Number(number) * 1024,
            [.. var number, 'M', 'i'] => Number(number) * 1024 * 1024,
            [.. var number, 'm'] => Math.Ceiling(Number(number) / 1000),
            _ => Number(allocatable),
        };
        Assert.Equal(expected, Number(log.TrimEnd()));
    }

    /// <summary>A pod sees its new labels or annotations.</summary>
    public async Task FollowsAsync(string field)
    {
        await Space.ServeAsync(PodShell.Running(
            "exec sleep 3600", Source($$"""path: file, fieldRef: {fieldPath: metadata.{{field}} }""")));
        string before = field == "labels" ? "app=\"runs\"" : "";
        await Space.ShellUntilAsync(
            "runs", "cat /etc/v/file", shown => shown.Contains(before, StringComparison.Ordinal));
        await Space.Pods.MergeAsync("runs", $$$$"""{"metadata":{"{{{{field}}}}":{"key3":"value3"}}}""");
        await Space.ShellUntilAsync(
            "runs", "cat /etc/v/file", shown => shown.Contains("key3=\"value3\"", StringComparison.Ordinal));
        await Space.Pods.MergeAsync("runs", $$$$"""{"metadata":{"{{{{field}}}}":{"key3":"value4"}}}""");
        await Space.ShellUntilAsync(
            "runs", "cat /etc/v/file", shown => shown.Contains("key3=\"value4\"", StringComparison.Ordinal));
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string Resource(string resource) =>
        $$"""path: file, resourceFieldRef: {containerName: c, resource: {{resource}} }""";

    private string Source(string item, int? mode = null)
    {
        string modes = mode is null ? "" : $", defaultMode: {mode}";
        return IsProjected
            ? $$"""projected: {sources: [{downwardAPI: {items: [{ {{item}} }] } }]{{modes}} }"""
            : $$"""downwardAPI: {items: [{ {{item}} }]{{modes}} }""";
    }
}
