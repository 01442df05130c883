using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Users, privileges, and what containers may not.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class SecurityContextTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Security Context";

    [Fact]
    [Conformance(
        Area,
        "When creating a container with runAsUser should run the container with uid 65534 [LinuxOnly]",
        "[NodeConformance]")]
    public async Task Should_run_the_container_with_uid_65534() =>
        Assert.Equal("65534\n", await SucceedAsync("id -u", "securityContext: {runAsUser: 65534}"));

    [Fact]
    [Conformance(
        Area,
        "When creating a pod with privileged should run the container as unprivileged when false [LinuxOnly]",
        "[NodeConformance]")]
    public async Task Should_run_the_container_as_unprivileged_when_false() => Assert.Contains(
        "RTNETLINK answers: Operation not permitted",
        await SucceedAsync("ip link add dummy0 type dummy 2>&1 || true", "securityContext: {privileged: false}"),
        StringComparison.Ordinal);

    [Fact]
    [Conformance(
        Area,
        "When creating a pod with readOnlyRootFilesystem should run the container with writable rootfs when",
        "readOnlyRootFilesystem=false [NodeConformance]")]
    public async Task Should_run_the_container_with_writable_rootfs() => Assert.Equal(
        "here\n",
        await SucceedAsync(
            "echo here > checkfile && cat checkfile", "securityContext: {readOnlyRootFilesystem: false}"));

    [Fact]
    [Conformance(
        Area,
        "when creating containers with AllowPrivilegeEscalation should not allow privilege escalation when false",
        "[LinuxOnly] [NodeConformance]")]
    public async Task Should_not_allow_privilege_escalation_when_false()
    {
        // The program belongs to root and is run as its owner, unless the kernel was told not to.
        const string Program = "effective-id -u";
        Assert.Equal("0\n", await SucceedAsync(Program, "securityContext: {runAsUser: 1000}"));
        Assert.Equal(
            "1000\n",
            await SucceedAsync(Program, "securityContext: {runAsUser: 1000, allowPrivilegeEscalation: false}"));
    }

    [Fact]
    [Conformance(
        Area,
        "should support container.SecurityContext.RunAsUser And container.SecurityContext.RunAsGroup [LinuxOnly]")]
    public async Task Should_support_RunAsUser_and_RunAsGroup_of_containers() => Assert.StartsWith(
        "uid=1001 gid=2002",
        await SucceedAsync("id", "securityContext: {runAsUser: 1001, runAsGroup: 2002}"),
        StringComparison.Ordinal);

    [Fact]
    [Conformance(Area, "should support pod.Spec.SecurityContext.RunAsUser And pod.Spec.SecurityContext.RunAsGroup",
        "[LinuxOnly]")]
    public async Task Should_support_RunAsUser_and_RunAsGroup_of_pods()
    {
        string log = await SucceedAsync(
            "id",
            "",
            "securityContext: {runAsUser: 1001, runAsGroup: 2002, fsGroup: 3003, supplementalGroups: [4004]}");
        Assert.StartsWith("uid=1001 gid=2002", log, StringComparison.Ordinal);
        Assert.Contains("3003", log, StringComparison.Ordinal);
        Assert.Contains("4004", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_is_refused_where_it_must_not_be()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(RealManifests.Sleeper("root", "securityContext: {runAsNonRoot: true}"));
        JsonNode waiting = await space.WaitingAsync("root", "CreateContainerConfigError");
        Assert.Equal(
            "container has runAsNonRoot and image will run as root (pod: "
                + $"\"root_{space.Namespace}({waiting.Text("metadata.uid")})\", container: c)",
            waiting.Text("status.containerStatuses.0.state.waiting.message"));
        await space.Pods.CreateAsync(
            RealManifests.Sleeper("zero", "securityContext: {runAsNonRoot: true, runAsUser: 0}"));
        waiting = await space.WaitingAsync("zero", "CreateContainerConfigError");
        Assert.Equal(
            "container's runAsUser breaks non-root policy (pod: "
                + $"\"zero_{space.Namespace}({waiting.Text("metadata.uid")})\", container: c)",
            waiting.Text("status.containerStatuses.0.state.waiting.message"));
    }

    [Fact]
    public async Task Privileges_capabilities_and_seccomp_reach_the_process()
    {
        const string Script = "grep -E 'CapEff|Seccomp:|NoNewPrivs' /proc/self/status | awk '{print $2}'";
        Assert.Equal("0000000000000000\n0\n0\n", await SucceedAsync(
            Script, "securityContext: {capabilities: {drop: [ALL]}, seccompProfile: {type: Unconfined}}"));
        Assert.Equal("0000000000000400\n1\n2\n", await SucceedAsync(
            Script,
            "securityContext: {allowPrivilegeEscalation: false, seccompProfile: {type: RuntimeDefault}, "
                + "capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}"));
        await SucceedAsync(
            "ip link add dummy0 type dummy 2>&1 | grep -v 'not permitted'; mount -t tmpfs none /tmp",
            "securityContext: {privileged: true}");
    }

    [Fact]
    public async Task Containers_of_a_pod_see_each_other_where_they_share_processes()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.ServeAsync(RealManifests.Of(
            "shared",
            "shareProcessNamespace: true",
            RealManifests.Shell("a", "exec sleep 3601"),
            RealManifests.Shell("b", "exec sleep 3602")));
        string seen = (await space.ExecInAsync("shared", "a", "ps")).Output;
        Assert.Contains("sleep 3602", seen, StringComparison.Ordinal);
        Assert.Contains("pause", seen, StringComparison.Ordinal);
        await space.ServeAsync(RealManifests.Sleeper("apart"));
        Assert.DoesNotContain(
            "3601", (await space.ExecAsync("apart", "ps")).Output, StringComparison.Ordinal);
    }

    private async Task<string> SucceedAsync(string script, string container, string pod = "")
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        return await space.SucceedAsync(RealManifests.Script("secured", script, container, pod));
    }
}
