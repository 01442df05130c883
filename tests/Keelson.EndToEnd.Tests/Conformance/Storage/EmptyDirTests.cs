using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Modes of empty directories and of the files in them, for root and others, on disk and in memory.</summary>
public sealed class EmptyDirTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (root,0644,tmpfs) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_root_0644_tmpfs() =>
        WritesAsync("0644", isRoot: true, inMemory: true);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (root,0644,default) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_root_0644_default() =>
        WritesAsync("0644", isRoot: true, inMemory: false);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (root,0666,tmpfs) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_root_0666_tmpfs() =>
        WritesAsync("0666", isRoot: true, inMemory: true);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (root,0666,default) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_root_0666_default() =>
        WritesAsync("0666", isRoot: true, inMemory: false);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (root,0777,tmpfs) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_root_0777_tmpfs() =>
        WritesAsync("0777", isRoot: true, inMemory: true);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (root,0777,default) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_root_0777_default() =>
        WritesAsync("0777", isRoot: true, inMemory: false);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (non-root,0644,tmpfs) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_non_root_0644_tmpfs() =>
        WritesAsync("0644", isRoot: false, inMemory: true);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (non-root,0644,default) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_non_root_0644_default() =>
        WritesAsync("0644", isRoot: false, inMemory: false);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (non-root,0666,tmpfs) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_non_root_0666_tmpfs() =>
        WritesAsync("0666", isRoot: false, inMemory: true);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (non-root,0666,default) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_non_root_0666_default() =>
        WritesAsync("0666", isRoot: false, inMemory: false);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (non-root,0777,tmpfs) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_non_root_0777_tmpfs() =>
        WritesAsync("0777", isRoot: false, inMemory: true);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes should support (non-root,0777,default) [LinuxOnly] [NodeConformance]")]
    public Task Should_support_non_root_0777_default() =>
        WritesAsync("0777", isRoot: false, inMemory: false);

    [Fact]
    [Conformance(
        "[sig-storage] EmptyDir volumes volume on default medium should have the correct mode [LinuxOnly]",
        "[NodeConformance]")]
    public Task Volume_on_default_medium_should_have_the_correct_mode() => IsOpenToAllAsync(inMemory: false);

    [Fact]
    [Conformance(
        "[sig-storage] EmptyDir volumes volume on tmpfs should have the correct mode [LinuxOnly] [NodeConformance]")]
    public Task Volume_on_tmpfs_should_have_the_correct_mode() => IsOpenToAllAsync(inMemory: true);

    [Fact]
    [Conformance("[sig-storage] EmptyDir volumes pod should support shared volumes between containers")]
    public async Task Pod_should_support_shared_volumes_between_containers()
    {
        await Space.ServeAsync(
            """
            metadata: {name: share}
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: shared, emptyDir: {} }]
              containers:
              - name: main
                image: busybox
                command: [sleep, "3600"]
                volumeMounts: [{name: shared, mountPath: /usr/share/volumeshare}]
              - name: sub
                image: busybox
                command: [sh, -c, "echo Hello from the sub-container > /pod-data/shareddata.txt; exec sleep 3600"]
                volumeMounts: [{name: shared, mountPath: /pod-data}]
            """);
        await Space.ShellUntilAsync(
            "share", "cat /usr/share/volumeshare/shareddata.txt", "Hello from the sub-container");
    }

    private static string Source(bool inMemory) => inMemory ? "emptyDir: {medium: Memory}" : "emptyDir: {}";

    /// <summary>A container writes a file and gives it a mode.</summary>
    private async Task WritesAsync(string mode, bool isRoot, bool inMemory)
    {
        const string Script = """
            cd /etc/v; echo mount-tester new file > f; chmod MODE f; stat -c "%a %u" f; cat f;
            grep " /etc/v " /proc/mounts
            """;
        string log = await Space.SucceedAsync(PodShell.Running(
            Script.Trim().Replace("MODE", mode, StringComparison.Ordinal),
            Source(inMemory),
            isRoot ? "" : "runAsUser: 1001"));
        string[] lines = log.Split('\n');
        Assert.Equal([$"{mode[1..]} {(isRoot ? 0 : 1001)}", "mount-tester new file"], lines[..2]);
        Assert.Equal(inMemory, lines[2].Split(' ')[2] == "tmpfs");
    }

    private async Task IsOpenToAllAsync(bool inMemory)
    {
        string log = await Space.SucceedAsync(PodShell.Running(
            """stat -c %a /etc/v; grep " /etc/v " /proc/mounts""", Source(inMemory)));
        string[] lines = log.Split('\n');
        Assert.EndsWith("777", lines[0], StringComparison.Ordinal);
        Assert.Equal(inMemory, lines[1].Split(' ')[2] == "tmpfs");
    }
}
