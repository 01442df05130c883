using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Kernel settings of pods.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class SysctlTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Sysctls [LinuxOnly] [NodeConformance]";

    [Fact]
    [Conformance(Area, "should support sysctls [Environment:NotInUserNS]")]
    public async Task Should_support_sysctls()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        string log = await space.SucceedAsync(RealManifests.Script(
            "sysctl",
            "sysctl kernel.shm_rmid_forced",
            pod: "securityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: \"1\"}]}"));
        Assert.Equal("kernel.shm_rmid_forced = 1\n", log);
    }

    [Fact]
    [Conformance(Area, "should reject invalid sysctls")]
    public async Task Should_reject_invalid_sysctls()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        JsonNode refused = await space.Pods.RefusedAsync(
            RealManifests.Script(
                "sysctl",
                "true",
                pod: "securityContext: {sysctls: [{name: foo-, value: bar}, "
                    + "{name: kernel.shmmax, value: \"100000000\"}, "
                    + "{name: safe-and-unsafe, value: \"100000000\"}, {name: bar.., value: \"42\"}]}"),
            HttpStatusCode.UnprocessableEntity);
        string message = refused.Text("message");
        Assert.Contains("Invalid value: \"foo-\"", message, StringComparison.Ordinal);
        Assert.Contains("Invalid value: \"bar..\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain("safe-and-unsafe", message, StringComparison.Ordinal);
        Assert.DoesNotContain("kernel.shmmax", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_refuses_settings_that_are_not_safe()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(RealManifests.Sleeper(
            "unsafe", pod: "securityContext: {sysctls: [{name: kernel.msgmax, value: \"10000\"}]}"));
        JsonNode failed =
            await space.Pods.UntilAsync("unsafe", static one => one.Text("status.phase") == "Failed");
        Assert.Equal("SysctlForbidden", failed.Text("status.reason"));
        Assert.Equal(
            "Pod was rejected: forbidden sysctl: \"kernel.msgmax\" not allowlisted", failed.Text("status.message"));
    }
}
