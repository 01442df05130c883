using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Plugins;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Nodes.Volumes.Csi;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Tests.Volumes;

/// <summary>Volumes of storage drivers.</summary>
public sealed class CsiVolumeTests
{
    private const string Driver = "disk.example.com";
    private const string Plugin = "kubernetes.io~csi";

    [Fact]
    public async Task A_driver_is_told_to_the_cluster_and_taken_out_again()
    {
        using TestNode node = new();
        await using TestDriver driver = await RegisterAsync(node);
        CSINodeDriver told = Assert.Single(node.Api.Find<CSINode>("", TestNode.Name)!.Spec.Drivers.AsEnumerable());
        Assert.Equal((Driver, "node-id", 7), (told.Name, told.NodeID, told.Allocatable?.Count));
        Assert.Equal(["example.com/zone"], told.TopologyKeys);
        ObjectMeta own = node.Api.Find<Keelson.Api.Core.V1.Node>("", TestNode.Name)!.Metadata;
        Assert.Equal("a", own.Labels["example.com/zone"]);
        Assert.Equal("{\"disk.example.com\":\"node-id\"}", own.Annotations["csi.volume.kubernetes.io/nodeid"]);

        CsiNodeRecord record = new(node.Context);
        Assert.Null(await record.UpdateAsync(Driver, new() { MaxVolumesPerNode = 3 }, default));
        CSINodeDriver later = Assert.Single(node.Api.Find<CSINode>("", TestNode.Name)!.Spec.Drivers.AsEnumerable());
        Assert.Equal(told with { Allocatable = new() { Count = 3 } }, later);

        await node.Drivers.DeregisterAsync(new(Driver, "", []), default);
        Assert.Empty(node.Api.Find<CSINode>("", TestNode.Name)!.Spec.Drivers);
    }

    [Fact]
    public async Task A_volume_is_staged_once_and_unstaged_with_its_last_pod()
    {
        using TestNode node = new();
        await using TestDriver driver = await RegisterAsync(node, RpcType.StageUnstageVolume);
        PutVolume(node);
        Pod first = PodWithClaim("first");
        Pod second = PodWithClaim("second");
        Assert.Null(await node.Volumes.SetUpAsync(first, default));
        Assert.Null(await node.Volumes.SetUpAsync(second, default));
        Assert.Null(await node.Volumes.SetUpAsync(first, default));
        Assert.Equal(
            ["stage handle x", "publish handle", "stage handle x", "publish handle"], driver.Calls);
        Assert.EndsWith(
            "pods/second/volumes/kubernetes.io~csi/disk/mount",
            driver.Published!.TargetPath,
            StringComparison.Ordinal);
        Assert.Equal("b", driver.Published.VolumeContext["a"]);
        driver.Calls.Clear();

        // What follows needs nothing that the agent remembers.
        node.Restart();
        Assert.Null(await node.Volumes.TearDownAsync("first", default));
        Assert.Equal(["unpublish handle"], driver.Calls);
        Assert.Null(await node.Volumes.TearDownAsync("second", default));
        Assert.Equal(["unpublish handle", "unpublish handle", "unstage handle"], driver.Calls);
        Assert.Empty(node.Volumes.InPlace());
    }

    [Fact]
    public async Task A_volume_that_is_not_attached_waits()
    {
        using TestNode node = new();
        await using TestDriver driver = await RegisterAsync(node);
        PutVolume(node, attachRequired: true);
        string? error = await node.Volumes.SetUpAsync(PodWithClaim("first"), default);
        Assert.StartsWith("MountVolume.WaitForAttach failed for volume \"disk\" : ", error, StringComparison.Ordinal);
        Assert.Empty(driver.Calls);

        // The node tells of it as long as the pod has something in place, once it knows all its pods.
        Assert.Null(node.Attached.Names);
        node.Volumes.Settle();
        Assert.Equal(["kubernetes.io/csi/disk.example.com^handle"], node.Attached.Names!);
        Assert.Null(await node.Volumes.TearDownAsync("first", default));
        Assert.Empty(node.Attached.Names!);
    }

    [Fact]
    public async Task A_driver_that_is_not_there_is_told_in_upstreams_words()
    {
        using TestNode node = new();
        PutVolume(node);
        Assert.Equal(
            "MountVolume.MountDevice failed for volume \"disk\" : kubernetes.io/csi: attacher.MountDevice failed to "
            + "create newCsiDriverClient: driver name disk.example.com not found in the list of registered CSI drivers",
            await node.Volumes.SetUpAsync(PodWithClaim("first"), default));
    }

    [Fact]
    public async Task An_inline_volume_is_told_of_its_pod()
    {
        using TestNode node = new();
        await using TestDriver driver = await RegisterAsync(node);
        node.Api.Put(new CSIDriver
        {
            Metadata = ObjectMeta.Empty with { Name = Driver },
            Spec = new()
            {
                PodInfoOnMount = true,
                VolumeLifecycleModes = [VolumeLifecycleMode.Ephemeral],
                TokenRequests = [new TokenRequest { Audience = "store" }],
            },
        });
        Pod pod = TestNode.PodWith(TestNode.Volume("inline", new() { Csi = new() { Driver = Driver } }));
        Assert.Null(await node.Volumes.SetUpAsync(pod, default));
        Assert.Equal("true", driver.Published!.VolumeContext["csi.storage.k8s.io/ephemeral"]);
        Assert.Equal("pod", driver.Published.VolumeContext["csi.storage.k8s.io/pod.name"]);
        Assert.Contains(
            "token-1-for-default-store",
            driver.Published.VolumeContext["csi.storage.k8s.io/serviceAccount.tokens"],
            StringComparison.Ordinal);
        Assert.Equal(node.PathOf(Plugin, "inline", "mount"), driver.Published.TargetPath);
        Assert.Null(await node.Volumes.TearDownAsync("pod-uid", default));
        Assert.Equal(2, driver.Calls.Count);
    }

    [Fact]
    public async Task A_claim_that_shows_less_than_its_volume_has_is_expanded()
    {
        using TestNode node = new();
        await using TestDriver driver = await RegisterAsync(node, RpcType.ExpandVolume);
        PutVolume(node, size: "2Gi");
        Assert.Null(await node.Volumes.SetUpAsync(PodWithClaim("first"), default));
        Assert.Equal(["publish handle", "expand handle 2147483648"], driver.Calls);
        PersistentVolumeClaim claim = node.Api.Find<PersistentVolumeClaim>("ns", "data")!;
        Assert.Equal("2Gi", claim.Status.Capacity["storage"].ToString());

        // It grows once more while the pod runs.
        Assert.Null(await node.Volumes.SetUpAsync(PodWithClaim("first"), default));
        PersistentVolume disk = node.Api.Find<PersistentVolume>("", "disk")!;
        ApiMap<Quantity> more = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse("3Gi"));
        node.Api.Put(disk with { Spec = disk.Spec with { Capacity = more } });
        node.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await node.Volumes.SetUpAsync(PodWithClaim("first"), default));
        Assert.Equal("expand handle 3221225472", driver.Calls.Last());
        claim = node.Api.Find<PersistentVolumeClaim>("ns", "data")!;
        Assert.Equal("3Gi", claim.Status.Capacity["storage"].ToString());
    }

    [Fact]
    public async Task A_claim_that_is_resized_in_steps_is_expanded_when_it_is_the_nodes_turn()
    {
        using TestNode node = new();
        await using TestDriver driver = await RegisterAsync(node, RpcType.ExpandVolume);
        PutVolume(node, size: "3Gi");
        async Task<PersistentVolumeClaim> SetUpAsync(string step, string uid)
        {
            PersistentVolumeClaim claim = node.Api.Find<PersistentVolumeClaim>("ns", "data")!;
            node.Api.Put(claim with
            {
                Status = claim.Status with
                {
                    AllocatedResources = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse("2Gi")),
                    AllocatedResourceStatuses = ApiMap<string>.Empty.With("storage", step),
                },
            });
            Assert.Null(await node.Volumes.SetUpAsync(PodWithClaim(uid), default));
            return node.Api.Find<PersistentVolumeClaim>("ns", "data")!;
        }

        PersistentVolumeClaim waits = await SetUpAsync("ControllerResizeInProgress", "first");
        Assert.Equal(["publish handle"], driver.Calls);
        Assert.Equal("1Gi", waits.Status.Capacity["storage"].ToString());
        PersistentVolumeClaim done = await SetUpAsync("NodeResizePending", "second");
        Assert.Equal(["publish handle", "publish handle", "expand handle 2147483648"], driver.Calls);
        Assert.Equal(("2Gi", 0),
            (done.Status.Capacity["storage"].ToString(), done.Status.AllocatedResourceStatuses.Count));
    }

    private static async Task<TestDriver> RegisterAsync(TestNode node, params RpcType[] capabilities)
    {
        string socket = Path.Combine(node.DirectoryFor("driver"), "csi.sock");
        TestDriver driver = await TestDriver.StartAsync(socket, capabilities);
        Assert.Null(await node.Drivers.RegisterAsync(new RegisteredPlugin(Driver, socket, ["1.0.0"]), default));
        return driver;
    }

    private static Pod PodWithClaim(string uid)
    {
        Pod pod = TestNode.PodWith(
            TestNode.Volume("data", new() { PersistentVolumeClaim = new() { ClaimName = "data" } }));
        return pod with { Metadata = pod.Metadata with { Uid = uid } };
    }

    [Fact]
    public async Task A_pod_waits_two_minutes_for_a_volume_that_there_is_no_room_for()
    {
        using TestNode node = new();
        await using TestDriver driver = await RegisterAsync(node);
        PutVolume(node, attachRequired: true);
        CSIDriver known = node.Api.Find<CSIDriver>("", Driver)!;
        node.Api.Put(known with { Spec = known.Spec with { NodeAllocatableUpdatePeriodSeconds = 60 } });
        CsiNodeRecord record = new(node.Context);
        Assert.Null(await record.UpdateAsync(Driver, new() { MaxVolumesPerNode = 3 }, default));
        Pod pod = PodWithClaim("first");
        string attachment = "csi-" + Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes("handle" + Driver + TestNode.Name)));
        void Attach(int? error) => node.Api.Put(new VolumeAttachment
        {
            Metadata = ObjectMeta.Empty with { Name = attachment },
            Status = new() { AttachError = new() { Message = "no room", ErrorCode = error } },
        });

        Attach(13);
        Assert.NotNull(await node.Volumes.SetUpAsync(pod, default));
        node.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.False(await node.Volumes.IsNodeFullAsync(pod.Metadata.Uid, default));
        Attach(8);
        Assert.EndsWith("no room", await node.Volumes.SetUpAsync(pod, default), StringComparison.Ordinal);
        node.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(await node.Volumes.IsNodeFullAsync(pod.Metadata.Uid, default));
        node.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.NotNull(await node.Volumes.SetUpAsync(pod, default));
        Assert.True(await node.Volumes.IsNodeFullAsync(pod.Metadata.Uid, default));
        Assert.Equal(
            7,
            Assert.Single(node.Api.Find<CSINode>("", TestNode.Name)!.Spec.Drivers.AsEnumerable()).Allocatable?.Count);
        Assert.Null(await node.Volumes.TearDownAsync(pod.Metadata.Uid, default));
        Assert.False(await node.Volumes.IsNodeFullAsync(pod.Metadata.Uid, default));
    }

    private static void PutVolume(TestNode node, bool attachRequired = false, string size = "1Gi")
    {
        ApiMap<Quantity> Sized(string text) =>
            ApiMap<Quantity>.From([KeyValuePair.Create("storage", Quantity.Parse(text))]);
        node.Api.Put(new Secret
        {
            Metadata = ObjectMeta.Empty with { Name = "stage", Namespace = "kube-system" },
            Data = ApiMap<Bytes>.From([KeyValuePair.Create("password", Bytes.FromText("x"))]),
        });
        node.Api.Put(new CSIDriver
        {
            Metadata = ObjectMeta.Empty with { Name = Driver },
            Spec = new() { AttachRequired = attachRequired },
        });
        node.Api.Put(new PersistentVolumeClaim
        {
            Metadata = ObjectMeta.Empty with { Name = "data", Namespace = "ns" },
            Spec = new() { VolumeName = "disk" },
            Status = new() { Phase = PersistentVolumeClaimPhase.Bound, Capacity = Sized("1Gi") },
        });
        node.Api.Put(new PersistentVolume
        {
            Metadata = ObjectMeta.Empty with { Name = "disk" },
            Spec = new()
            {
                Capacity = Sized(size),
                AccessModes = [PersistentVolumeAccessMode.ReadWriteOnce],
                ClaimRef = new() { Namespace = "ns", Name = "data", Uid = "uid-data" },
                PersistentVolumeSource = new()
                {
                    Csi = new()
                    {
                        Driver = Driver,
                        VolumeHandle = "handle",
                        VolumeAttributes = ApiMap<string>.From([KeyValuePair.Create("a", "b")]),
                        NodeStageSecretRef = new() { Name = "stage", Namespace = "kube-system" },
                    },
                },
            },
        });
    }
}
