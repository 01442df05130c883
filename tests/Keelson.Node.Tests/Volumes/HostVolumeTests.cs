using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Nodes.Volumes;

namespace Keelson.Nodes.Tests.Volumes;

/// <summary>Paths of the machine and claims.</summary>
public sealed class HostVolumeTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Theory]
    [InlineData("Directory", "file", "is not a directory")]
    [InlineData("File", "", "is not a file")]
    [InlineData("Socket", "file", "is not a socket file")]
    [InlineData("CharDevice", "missing", "is not a character device")]
    [InlineData("BlockDevice", "file", "is not a block device")]
    public async Task A_host_path_of_another_type_is_refused(string type, string name, string expected)
    {
        using TestNode node = new();
        string directory = node.DirectoryFor("host");
        File.WriteAllText(Path.Combine(directory, "file"), "");
        string path = Path.Combine(directory, name);
        Assert.Equal(
            $"MountVolume.SetUp failed for volume \"host\" : hostPath type check failed: {path} {expected}",
            await node.Volumes.SetUpAsync(TestNode.PodWith(HostPath(path, type)), default));
    }

    [Fact]
    public async Task Files_and_directories_are_made_where_the_type_says_so()
    {
        using TestNode node = new();
        string directory = node.DirectoryFor("host");
        string made = Path.Combine(directory, "a/b");
        string file = Path.Combine(directory, "file");
        Assert.Null(await node.Volumes.SetUpAsync(TestNode.PodWith(HostPath(made, "DirectoryOrCreate")), default));
        Pod other = TestNode.PodWith(HostPath(file, "FileOrCreate"));
        Assert.Null(await node.Volumes.SetUpAsync(
            other with { Metadata = other.Metadata with { Uid = "other" } }, default));
        Assert.True(Directory.Exists(made));
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Tearing_down_leaves_what_is_the_machines()
    {
        using TestNode node = new();
        string directory = node.DirectoryFor("host");
        File.WriteAllText(Path.Combine(directory, "kept"), "");
        Pod pod = TestNode.PodWith(HostPath(directory, ""), TestNode.Volume("empty", new() { EmptyDir = new() }));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        File.CreateSymbolicLink(node.PathOf("kubernetes.io~empty-dir", "empty", "link"), directory);
        Assert.Equal(["pod-uid"], node.Volumes.InPlace());
        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
        Assert.True(File.Exists(Path.Combine(directory, "kept")));
        Assert.Empty(node.Volumes.InPlace());
    }

    [Theory]
    [InlineData("none", "failed to fetch PVC from API server: persistentvolumeclaims \"data\" not found")]
    [InlineData("pending", "PVC is not bound")]
    [InlineData(
        "foreign", "found PV object disk but its pv.Spec.ClaimRef.UID other does not point to claim.UID uid-data")]
    public async Task A_claim_that_is_not_bound_to_a_volume_is_told(string state, string expected)
    {
        using TestNode node = new();
        PutClaim(node, state, node.DirectoryFor("host"));
        Assert.Equal(
            "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process "
            + "volumes=[data]: error processing PVC ns/data: " + expected,
            await node.Volumes.SetUpAsync(TestNode.PodWith(Claim()), default));
    }

    [Fact]
    public async Task A_volume_of_another_node_is_refused()
    {
        using TestNode node = new();
        PutClaim(node, "bound", node.DirectoryFor("host"), nodeName: "two");
        Assert.Equal(
            "MountVolume.NodeAffinity check failed for volume \"disk\" : no matching NodeSelectorTerms",
            await node.Volumes.SetUpAsync(TestNode.PodWith(Claim()), default));
    }

    [Fact]
    public async Task A_claim_leads_to_its_volume()
    {
        using TestNode node = new();
        string directory = node.DirectoryFor("host");
        PutClaim(node, "bound", directory);
        Pod pod = TestNode.PodWith(Claim());
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        ContainerMounts mounts =
            await node.Volumes.MountsAsync(pod, pod.Spec.Containers[0], NoVariables, default);
        Assert.Equal((directory, "/data", false),
            (mounts.Mounts[0].HostPath, mounts.Mounts[0].ContainerPath, mounts.Mounts[0].Readonly));
    }

    private static Volume HostPath(string path, string type) =>
        TestNode.Volume("host", new() { HostPath = new() { Path = path, Type = type } });

    private static Volume Claim() =>
        TestNode.Volume("data", new() { PersistentVolumeClaim = new() { ClaimName = "data" } });

    private static void PutClaim(TestNode node, string state, string directory, string nodeName = TestNode.Name)
    {
        if (state == "none")
        {
            return;
        }

        bool isBound = state != "pending";
        node.Api.Put(new PersistentVolumeClaim
        {
            Metadata = ObjectMeta.Empty with { Name = "data", Namespace = "ns" },
            Spec = new() { VolumeName = "disk" },
            Status = new() { Phase = isBound ? PersistentVolumeClaimPhase.Bound : PersistentVolumeClaimPhase.Pending },
        });
        node.Api.Put(new PersistentVolume
        {
            Metadata = ObjectMeta.Empty with { Name = "disk" },
            Spec = new()
            {
                PersistentVolumeSource = new() { HostPath = new() { Path = directory, Type = "" } },
                ClaimRef = new() { Namespace = "ns", Name = "data", Uid = state == "foreign" ? "other" : "uid-data" },
                NodeAffinity = new()
                {
                    Required = new()
                    {
                        NodeSelectorTerms =
                        [
                            new NodeSelectorTerm
                            {
                                MatchExpressions =
                                [
                                    new NodeSelectorRequirement
                                    {
                                        Key = "kubernetes.io/hostname", Operator = "In", Values = [nodeName],
                                    },
                                ],
                            },
                        ],
                    },
                },
            },
        });
    }
}
