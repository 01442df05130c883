using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Volumes that show several things in one directory.</summary>
public sealed class ProjectedCombinedTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance(
        "[sig-storage] Projected combined should project all components that make up the projection API [Projection]",
        "[NodeConformance]")]
    public async Task Should_project_all_components_that_make_up_the_projection_API()
    {
        await Space.ConfigMaps.CreateAsync("metadata: {name: map}\ndata: {configmap-data: configmap-value-1}");
        await Space.Secrets.CreateAsync("metadata: {name: secret}\nstringData: {secret-data: secret-value-1}");
        const string Volume = """
            projected: {sources: [
              {downwardAPI: {items: [{path: podname, fieldRef: {fieldPath: metadata.name} }] } },
              {secret: {name: secret, items: [{key: secret-data, path: my/secret-data}] } },
              {configMap: {name: map, items: [{key: configmap-data, path: configmap-data}] } }] }
            """;
        string log = await Space.SucceedAsync(PodShell.Running(
            PodShell.Show("/etc/v/podname", "/etc/v/my/secret-data", "/etc/v/configmap-data"),
            Volume.ReplaceLineEndings(" ")));
        Assert.Equal(
            """
            /etc/v/podname -rw-r--r-- 0:0 runs
            /etc/v/my/secret-data -rw-r--r-- 0:0 secret-value-1
            /etc/v/configmap-data -rw-r--r-- 0:0 configmap-value-1

            """,
            log);
    }
}
