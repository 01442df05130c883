using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Images as volumes.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class ImageVolumeTests(NodeClusterFixture cluster)
{
    [Fact]
    [Conformance(
        "[sig-node] ImageVolume should succeed with pod and pull policy of Always [LinuxOnly]",
        "[MinimumKubeletVersion:1.35]")]
    public async Task Should_succeed_with_pod_and_pull_policy_of_Always()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        string log = await space.SucceedAsync(RealManifests.Script(
            "image",
            "cat /volume/usr/share/nginx/html/index.html; ls /part; touch /volume/new 2>&1 || true",
            "volumeMounts: [{name: v, mountPath: /volume}, {name: v, mountPath: /part, subPath: usr/share/nginx}]",
            "volumes: [{name: v, image: {reference: \"nginx:1.25\", pullPolicy: Always}}]"));
        Assert.Contains("Welcome to nginx!", log, StringComparison.Ordinal);
        Assert.Contains("\nhtml\n", log, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", log, StringComparison.Ordinal);
        await space.Pods.DeleteAsync("image");
        await space.Pods.GoneAsync("image");
        long start = TimeProvider.System.GetTimestamp();
        while ((await File.ReadAllTextAsync("/proc/self/mountinfo")).Contains("kubernetes.io~image/v "))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "the mount stays");
            await Task.Delay(20);
        }
    }
}
