using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Containers that get a single file of a volume whose files change all at once.</summary>
public sealed class SubpathTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance("[sig-storage] Subpath Atomic writer volumes should support subpaths with configmap pod")]
    public async Task Should_support_subpaths_with_configmap_pod()
    {
        await CreateMapAsync();
        await ShowsAsync("configMap: {name: map}", "configmap-key", "configmap-value");
    }

    [Fact]
    [Conformance(
        "[sig-storage] Subpath Atomic writer volumes should support subpaths with configmap pod with mountPath of",
        "existing file")]
    public async Task Should_support_subpaths_with_configmap_pod_with_mountPath_of_existing_file()
    {
        await CreateMapAsync();
        await ShowsAsync("configMap: {name: map}", "configmap-key", "configmap-value", "/etc/resolv.conf");
    }

    [Fact]
    [Conformance("[sig-storage] Subpath Atomic writer volumes should support subpaths with secret pod")]
    public async Task Should_support_subpaths_with_secret_pod()
    {
        await Space.Secrets.CreateAsync("metadata: {name: secret}\nstringData: {secret-key: secret-value}");
        await ShowsAsync("secret: {secretName: secret}", "secret-key", "secret-value");
    }

    [Fact]
    [Conformance("[sig-storage] Subpath Atomic writer volumes should support subpaths with downward pod")]
    public Task Should_support_subpaths_with_downward_pod() => ShowsAsync(
        "downwardAPI: {items: [{path: downward/podname, fieldRef: {fieldPath: metadata.name} }] }",
        "downward/podname",
        "subpath");

    [Fact]
    [Conformance("[sig-storage] Subpath Atomic writer volumes should support subpaths with projected pod")]
    public async Task Should_support_subpaths_with_projected_pod()
    {
        await CreateMapAsync();
        await ShowsAsync(
            "projected: {sources: [{configMap: {name: map, items: [{key: configmap-key, path: projected/key}] } }] }",
            "projected/key",
            "configmap-value");
    }

    private Task CreateMapAsync() =>
        Space.ConfigMaps.CreateAsync("metadata: {name: map}\ndata: {configmap-key: configmap-value}");

    /// <summary>
    /// One container sees the file alone, a hundred times, as upstream has it read for long; another one sees the
    /// volume.
    /// </summary>
    private async Task ShowsAsync(string volume, string subPath, string expected, string at = "/test-file")
    {
        await Space.ServeAsync(
            $$"""
            metadata: {name: subpath}
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: v, {{volume}} }]
              containers:
              - name: file
                image: busybox
                command: [sleep, "3600"]
                volumeMounts: [{name: v, mountPath: {{at}}, subPath: {{subPath}} }]
              - name: volume
                image: busybox
                command: [sleep, "3600"]
                volumeMounts: [{name: v, mountPath: /test-volume}]
            """);
        Assert.Equal(
            expected, await Space.ShellAsync("subpath", $"for i in $(seq 100); do cat {at}; echo; done | uniq"));
        CommandResult whole = await Space.ExecInAsync("subpath", "volume", "cat", "/test-volume/" + subPath);
        Assert.Equal(new CommandResult(0, expected, ""), whole);
        Assert.Equal("regular file", await Space.ShellAsync("subpath", "stat -c %F " + at));
    }
}
