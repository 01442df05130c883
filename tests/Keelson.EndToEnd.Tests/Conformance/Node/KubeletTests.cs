using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Node;

/// <summary>Logs, ends, read-only roots and hosts files of containers.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class KubeletTests(NodeClusterFixture cluster)
{
    private const string Area = "[sig-node] Kubelet when scheduling";

    [Fact]
    [Conformance(Area, "a busybox command in a pod should print the output to logs [NodeConformance]")]
    public async Task A_busybox_command_in_a_pod_should_print_the_output_to_logs()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        EndedPod ended = await space.RunAsync(RealManifests.Script("prints", "echo 'Hello World'; echo Error >&2"));
        Assert.Equal(
            ["Error", "Hello World"], ended.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        string tail = await space.LogAsync("prints", "container=c&limitBytes=5&stream=Stdout");
        Assert.Equal("Hello", tail);
    }

    [Fact]
    [Conformance(
        Area, "a busybox command that always fails in a pod should have an terminated reason [NodeConformance]")]
    public async Task A_busybox_command_that_always_fails_in_a_pod_should_have_a_terminated_reason()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(Failing);
        JsonNode pod = await space.Pods.UntilAsync(
            "fails", static one => one.Has("status.containerStatuses.0.state.terminated"));
        JsonNode terminated = Assert.Single(pod.Items("status.containerStatuses")).At("state.terminated")!;
        Assert.Equal((1, "Error"), (terminated.Number("exitCode"), terminated.Text("reason")));
    }

    [Fact]
    [Conformance(Area, "a busybox command that always fails in a pod should be possible to delete [NodeConformance]")]
    public async Task A_busybox_command_that_always_fails_in_a_pod_should_be_possible_to_delete()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        await space.Pods.CreateAsync(Failing);
        await space.RestartedAsync("fails");
        await space.Pods.DeleteAsync("fails");
        await space.Pods.GoneAsync("fails");
    }

    [Fact]
    [Conformance(
        Area, "a read only busybox container should not write to root filesystem [LinuxOnly] [NodeConformance]")]
    public async Task A_read_only_busybox_container_should_not_write_to_root_filesystem()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        EndedPod ended = await space.RunAsync(RealManifests.Script(
            "readonly", "echo test > /file", "securityContext: {readOnlyRootFilesystem: true}"));
        Assert.Equal("Failed", ended.Phase);
        Assert.Equal("sh: can't create /file: Read-only file system\n", ended.Log);
    }

    [Fact]
    [Conformance(Area, "an agnhost Pod with hostAliases should write entries to /etc/hosts [NodeConformance]")]
    public async Task A_pod_with_hostAliases_should_write_entries_to_etc_hosts()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        string log = await space.SucceedAsync(RealManifests.Script(
            "aliases",
            "cat /etc/hosts",
            pod: "hostAliases: [{ip: 123.45.67.89, hostnames: [foo, bar]}, {ip: 1.2.3.4, hostnames: [baz]}]"));
        Assert.EndsWith(
            "# Entries added by HostAliases.\n123.45.67.89\tfoo\tbar\n1.2.3.4\tbaz\n", log, StringComparison.Ordinal);
    }

    [Fact]
    [Conformance("[sig-node] KubeletManagedEtcHosts should test kubelet managed /etc/hosts file [NodeConformance]")]
    public async Task Should_test_kubelet_managed_etc_hosts_file()
    {
        const string Managed = "# Kubernetes-managed hosts file.\n";
        Workspace space = await RealPods.SpaceAsync(cluster);
        const string Original = "volumeMounts: [{name: host, mountPath: /etc/hosts-original}]";
        const string Volume = "volumes: [{name: host, hostPath: {path: /etc/hosts, type: File}}]";
        JsonNode pod = await space.ServeAsync(RealManifests.Of(
            "managed",
            Volume,
            RealManifests.Shell("a", "sleep 3600", Original),
            RealManifests.Shell("b", "sleep 3600", Original),
            RealManifests.Shell("c", "sleep 3600", "volumeMounts: [{name: host, mountPath: /etc/hosts-original}, "
                + "{name: host, mountPath: /etc/hosts}]")));
        await space.ServeAsync(RealManifests.Of(
            "host", "hostNetwork: true\n" + Volume, RealManifests.Shell("c", "sleep 3600", Original)));
        foreach (string container in (string[])["a", "b"])
        {
            string hosts = (await space.ExecInAsync("managed", container, "cat", "/etc/hosts")).Output;
            Assert.StartsWith(Managed, hosts, StringComparison.Ordinal);
            Assert.Contains($"{pod.Text("status.podIP")}\tmanaged\n", hosts, StringComparison.Ordinal);
        }

        string own = (await space.ExecInAsync("managed", "c", "cat", "/etc/hosts")).Output;
        Assert.DoesNotContain(Managed, own, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync("/etc/hosts"), own);
        string ofHost = (await space.ExecAsync("host", "cat", "/etc/hosts")).Output;
        Assert.DoesNotContain(Managed, ofHost, StringComparison.Ordinal);
        Assert.Contains(await File.ReadAllTextAsync("/etc/hosts"), ofHost, StringComparison.Ordinal);
    }

    private static string Failing => RealManifests.Of("fails", "", RealManifests.Shell("c", "exit 1"));
}
