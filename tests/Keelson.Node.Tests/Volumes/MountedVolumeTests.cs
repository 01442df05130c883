using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Nodes.Volumes;

namespace Keelson.Nodes.Tests.Volumes;

/// <summary>Volumes that are mounted, with the kernel's own mounts.</summary>
public sealed class MountedVolumeTests
{
    private const string EmptyDir = "kubernetes.io~empty-dir";
    private static readonly Dictionary<string, string> Variables = new() { ["NAME"] = "made", ["EMPTY"] = "" };

    [Fact]
    public async Task Memory_is_as_big_as_its_limit_and_gone_after_a_restart_of_the_agent()
    {
        using TestNode node = NodeThatMounts();
        Pod pod = TestNode.PodWith(TestNode.Volume("memory", new()
        {
            EmptyDir = new() { Medium = StorageMedium.Memory, SizeLimit = Quantity.Parse("1Mi") },
        }));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string path = node.PathOf(EmptyDir, "memory");
        File.WriteAllText(Path.Combine(path, "kept"), "");
        Assert.Equal(1L << 20, new DriveInfo(path).TotalSize);

        node.Restart();
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.True(File.Exists(Path.Combine(path, "kept")));
        Assert.Single(node.Mounted());

        node.Restart();
        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
        Assert.Empty(node.Mounted());
        Assert.False(Directory.Exists(node.Context.PodDirectory("pod-uid")));
    }

    [Fact]
    public async Task Secrets_lie_in_memory_and_belong_to_the_group()
    {
        using TestNode node = NodeThatMounts();
        node.Api.Put(new Secret
        {
            Metadata = ObjectMeta.Empty with { Name = "key", Namespace = "ns" },
            Data = ApiMap<Bytes>.From([KeyValuePair.Create("key", Bytes.FromText("x"))]),
        });
        Pod pod = TestNode.PodWith(
            TestNode.Volume("secret", new() { Secret = new() { SecretName = "key", DefaultMode = 0x100 } }));
        pod = pod with { Spec = pod.Spec with { SecurityContext = new() { FsGroup = 4321 } } };
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string path = node.PathOf("kubernetes.io~secret", "secret");
        Assert.Equal("tmpfs", node.Mounts.List().Single(one => one.Path == path).Type);
        FileFacts facts = FileFacts.Of(Path.Combine(path, "key"))!.Value;
        Assert.Equal((4321u, 0x120u), (facts.Group, facts.Mode));
        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
    }

    [Fact]
    public async Task A_group_gets_an_empty_directory_with_the_bit_that_passes_it_on()
    {
        using TestNode node = NodeThatMounts();
        Pod pod = TestNode.PodWith(TestNode.Volume("empty", new() { EmptyDir = new() }));
        pod = pod with { Spec = pod.Spec with { SecurityContext = new() { FsGroup = 4321 } } };
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        FileFacts facts = FileFacts.Of(node.PathOf(EmptyDir, "empty"))!.Value;
        Assert.Equal((4321u, 0x5ffu), (facts.Group, facts.Mode));
        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
    }

    [Theory]
    [InlineData("made/deep", "")]
    [InlineData("", "$(NAME)/deep")]
    public async Task A_part_of_a_volume_is_made_and_mounted_in_its_place(string subPath, string expression)
    {
        using TestNode node = NodeThatMounts();
        Pod pod = PodWithPart(subPath, expression);
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string part = await MountOf(node, pod);
        File.WriteAllText(Path.Combine(part, "file"), "");
        Assert.True(File.Exists(node.PathOf(EmptyDir, "empty", "made/deep/file")));
        Assert.EndsWith("volume-subpaths/empty/main/0", part, StringComparison.Ordinal);
        Assert.Equal(part, await MountOf(node, pod));
        Assert.Single(node.Mounted());
        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
    }

    [Fact]
    public async Task A_link_does_not_lead_out_of_the_volume()
    {
        using TestNode node = NodeThatMounts();
        Pod pod = PodWithPart("link/etc", "");
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        File.CreateSymbolicLink(node.PathOf(EmptyDir, "empty", "link"), "/");
        ContainerMounts mounts = await node.Volumes.MountsAsync(pod, pod.Spec.Containers[0], Variables, default);
        Assert.Equal("failed to prepare subPath for volumeMount \"empty\" of container \"main\"", mounts.Error);

        Pod missing = PodWithPart("link/not-there", "");
        mounts = await node.Volumes.MountsAsync(missing, missing.Spec.Containers[0], Variables, default);
        Assert.Equal(
            "failed to create subPath directory for volumeMount \"empty\" of container \"main\"", mounts.Error);
        Assert.Empty(node.Mounted());
        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
    }

    [Theory]
    [InlineData("", "$(MISSING)/x", "missing value for \"MISSING\"")]
    [InlineData("", "$(EMPTY)/x", "missing value for \"EMPTY\"")]
    [InlineData("../x", "", "unable to provision SubPath `../x`: must not contain '..'")]
    [InlineData("/x", "", "error SubPath `/x` must not be an absolute path")]
    public async Task Parts_that_are_not_within_are_refused(string subPath, string expression, string expected)
    {
        using TestNode node = new();
        Pod pod = PodWithPart(subPath, expression);
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        ContainerMounts mounts = await node.Volumes.MountsAsync(pod, pod.Spec.Containers[0], Variables, default);
        Assert.Equal(expected, mounts.Error);
    }

    [Theory]
    [InlineData("Enabled", true, true, null)]
    [InlineData("IfPossible", true, true, null)]
    [InlineData("IfPossible", false, false, null)]
    [InlineData("Disabled", true, false, null)]
    [InlineData("Enabled", false, false, "failed to resolve recursive read-only mode: ")]
    public async Task Mounts_are_read_only_all_the_way_down_where_the_runtime_can(
        string mode, bool can, bool expected, string? error)
    {
        using TestNode node = new();
        Keelson.Api.Core.V1.Node own = node.Api.Find<Keelson.Api.Core.V1.Node>("", TestNode.Name)!;
        NodeRuntimeHandler handler = new() { Name = "", Features = new() { RecursiveReadOnlyMounts = can } };
        node.Api.Put(own with { Status = own.Status with { RuntimeHandlers = [handler] } });
        Pod pod = PodWithPart("", "");
        VolumeMount mount =
            pod.Spec.Containers[0].VolumeMounts[0] with { ReadOnly = true, RecursiveReadOnly = mode };
        Container container = pod.Spec.Containers[0] with { VolumeMounts = [mount] };
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        ContainerMounts mounts = await node.Volumes.MountsAsync(pod, container, Variables, default);
        Assert.StartsWith(error ?? "", mounts.Error ?? "", StringComparison.Ordinal);
        Assert.Equal(error is null, mounts.Error is null);
        Assert.Equal(expected, mounts.Mounts.Any(static one => one.RecursiveReadOnly));
    }

    [Fact]
    public async Task An_image_is_mounted_by_the_runtime()
    {
        using TestNode node = new();
        Pod pod = TestNode.PodWith(TestNode.Volume("image", new() { Image = new() { Reference = "tools:1" } }));
        VolumeMount mount = pod.Spec.Containers[0].VolumeMounts[0] with { SubPath = "bin" };
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        ContainerMounts mounts = await node.Volumes.MountsAsync(
            pod, pod.Spec.Containers[0] with { VolumeMounts = [mount] }, Variables, default);
        Cri.Protos.Mount mounted = Assert.Single(mounts.Mounts);
        Assert.Equal(
            ("tools:1", "bin", "", "/image", true),
            (mounted.Image.Image, mounted.ImageSubPath, mounted.HostPath, mounted.ContainerPath, mounted.Readonly));
    }

    [Fact]
    public async Task A_volume_in_use_is_not_removed()
    {
        using TestNode node = NodeThatMounts();
        Pod pod = TestNode.PodWith(
            TestNode.Volume("memory", new() { EmptyDir = new() { Medium = StorageMedium.Memory } }));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        string path = node.PathOf(EmptyDir, "memory");
        using (FileStream held = File.Create(Path.Combine(path, "held")))
        {
            string? error = await node.Volumes.TearDownAsync("pod-uid", default);
            Assert.Equal($"unmount {path}: device or resource busy", error);
            Assert.True(File.Exists(held.Name));
        }

        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
    }

    private static TestNode NodeThatMounts()
    {
        LinuxMounts mounts = new();
        Assert.SkipUnless(mounts.MayMount, "mounts need root");
        return new(mounts);
    }

    private static Pod PodWithPart(string subPath, string expression)
    {
        Pod pod = TestNode.PodWith(TestNode.Volume("empty", new() { EmptyDir = new() }));
        VolumeMount mount = pod.Spec.Containers[0].VolumeMounts[0] with { SubPath = subPath, SubPathExpr = expression };
        Container container = pod.Spec.Containers[0] with { VolumeMounts = [mount] };
        return pod with { Spec = pod.Spec with { Containers = [container] } };
    }

    private static async Task<string> MountOf(TestNode node, Pod pod)
    {
        ContainerMounts mounts = await node.Volumes.MountsAsync(pod, pod.Spec.Containers[0], Variables, default);
        Assert.Null(mounts.Error);
        return mounts.Mounts[0].HostPath;
    }
}
