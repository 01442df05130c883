using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;
using Keelson.Nodes.Provisioner;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Provisioner;

/// <summary>Directories of a node for claims.</summary>
public sealed class LocalProvisionerTests : IAsyncDisposable
{
    private readonly TestNode _node = new();
    private readonly EventRecorder _events;
    private readonly LocalProvisioner _provisioner;
    private readonly LocalDirectories _directories;
    private readonly string _directory;

    public LocalProvisionerTests()
    {
        _directory = _node.DirectoryFor("storage");
        _events = new(_node.Api, "local", TestNode.Name, TimeProvider.System);
        _provisioner = new(new()
        {
            Client = _node.Api,
            Informers = _node.Api,
            Events = _events,
            Clock = _node.Clock,
        });
        _directories = new(_node.Api, new LocalDirectoriesConfig
        {
            NodeName = TestNode.Name, Directory = _directory, Client = _node.Api, Clock = _node.Clock,
        });
    }

    private string VolumePath => Path.Combine(_directory, "pvc-claim-uid");

    [Fact]
    public async Task The_class_is_the_default_unless_there_is_one()
    {
        Assert.Null(await LocalStorageClass.EnsureAsync(_node.Api, default));
        Assert.Null(await LocalStorageClass.EnsureAsync(_node.Api, default));
        StorageClass made = Assert.Single(_node.Api.All<StorageClass>());
        Assert.Equal("true", made.Metadata.Annotations["storageclass.kubernetes.io/is-default-class"]);

        _node.Api.Remove<StorageClass>("", LocalStorageClass.Name);
        _node.Api.Put(made with { Metadata = made.Metadata with { Name = "other" } });
        Assert.Null(await LocalStorageClass.EnsureAsync(_node.Api, default));
        Assert.Empty(_node.Api.Find<StorageClass>("", LocalStorageClass.Name)!.Metadata.Annotations);
    }

    [Theory]
    [InlineData("one", true)]
    [InlineData("two", false)]
    [InlineData("", false)]
    public async Task A_claim_gets_a_directory_of_the_node_its_pod_goes_to(string selected, bool isHere)
    {
        await LocalStorageClass.EnsureAsync(_node.Api, default);
        PutClaim(selected);
        await LookAtClaimAsync();
        await LookAtVolumeAsync();
        Assert.Equal(isHere, Directory.Exists(VolumePath));
        PersistentVolume? volume = _node.Api.Find<PersistentVolume>("", "pvc-claim-uid");
        Assert.Equal(isHere, volume is not null);
        if (volume is not null)
        {
            Assert.Equal((VolumePath, "claim-uid", "1Gi"), (
                volume.Spec.PersistentVolumeSource.Local!.Path,
                volume.Spec.ClaimRef!.Uid,
                volume.Spec.Capacity["storage"].ToString()));
            NodeSelectorTerm term = volume.Spec.NodeAffinity!.Required!.NodeSelectorTerms[0];
            Assert.Equal(["one"], term.MatchExpressions[0].Values);
            await UntilAsync(() => Reasons().SequenceEqual(["Provisioning", "ProvisioningSucceeded"]));
        }
    }

    [Fact]
    public async Task A_claim_for_a_device_is_refused()
    {
        await LocalStorageClass.EnsureAsync(_node.Api, default);
        PersistentVolumeClaim claim = PutClaim("one");
        _node.Api.Put(claim with { Spec = claim.Spec with { VolumeMode = PersistentVolumeMode.Block } });
        await LookAtClaimAsync();
        Assert.Empty(_node.Api.All<PersistentVolume>());
        await UntilAsync(() => _node.Api.All<Event>().Any(static one => one.Message
            == "failed to provision volume with StorageClass \"local\": keelson.dev/local-path does not support block "
            + "volume provisioning"));
    }

    [Fact]
    public async Task A_node_without_local_storage_gets_no_volumes_until_it_says_where()
    {
        await LocalStorageClass.EnsureAsync(_node.Api, default);
        PutClaim("one");
        await _provisioner.ProvisionAsync(new ObjectKey("ns", "data"), _node.Api, default);
        Assert.Empty(_node.Api.All<PersistentVolume>());
        await UntilAsync(() => _node.Api.All<Event>().Any(static one =>
            one.Message == "failed to provision volume with StorageClass \"local\": node one has no local storage"));
        await LookAtClaimAsync();
        Assert.Single(_node.Api.All<PersistentVolume>());
    }

    [Fact]
    public async Task A_released_volume_goes_once_its_node_has_removed_the_directory_and_nothing_else_does()
    {
        await LocalStorageClass.EnsureAsync(_node.Api, default);
        PutClaim("one");
        await LookAtClaimAsync();
        await LookAtVolumeAsync();
        File.WriteAllText(Path.Combine(VolumePath, "data"), "");
        PersistentVolume volume = _node.Api.Find<PersistentVolume>("", "pvc-claim-uid")!;
        await LookAtVolumeAsync();
        Assert.True(File.Exists(Path.Combine(VolumePath, "data")));

        // A volume that shows something else than its own directory is nobody's to remove.
        string foreign = _node.DirectoryFor("foreign");
        PersistentVolume released = volume with { Status = new() { Phase = PersistentVolumePhase.Released } };
        PersistentVolumeSource elsewhere = new() { Local = new() { Path = foreign } };
        _node.Api.Put(released with { Spec = released.Spec with { PersistentVolumeSource = elsewhere } });
        await LookAtVolumeAsync();
        Assert.True(Directory.Exists(foreign));
        Assert.Equal("", Removed());

        // The object stays until the node has said that the directory is gone.
        _node.Api.Put(released);
        await ReclaimAsync();
        Assert.Single(_node.Api.All<PersistentVolume>());
        await LookAtVolumeAsync();
        Assert.False(Directory.Exists(VolumePath));
        Assert.Equal("pvc-claim-uid", Removed());
        await ReclaimAsync();
        Assert.Empty(_node.Api.All<PersistentVolume>());
        await _directories.LookAtNodeAsync(new("", TestNode.Name), _node.Api, default);
        Assert.Equal("", Removed());
    }

    [Fact]
    public async Task A_volume_that_is_to_be_kept_is_kept()
    {
        await LocalStorageClass.EnsureAsync(_node.Api, default);
        PutClaim("one");
        await LookAtClaimAsync();
        await LookAtVolumeAsync();
        PersistentVolume volume = _node.Api.Find<PersistentVolume>("", "pvc-claim-uid")!;
        _node.Api.Put(volume with
        {
            Spec = volume.Spec with { PersistentVolumeReclaimPolicy = PersistentVolumeReclaimPolicy.Retain },
            Status = new() { Phase = PersistentVolumePhase.Released },
        });
        await LookAtVolumeAsync();
        await ReclaimAsync();
        Assert.True(Directory.Exists(VolumePath));
        Assert.Single(_node.Api.All<PersistentVolume>());
    }

    [Fact]
    public async Task A_claim_that_asks_for_more_gets_it()
    {
        await LocalStorageClass.EnsureAsync(_node.Api, default);
        PersistentVolumeClaim claim = PutClaim("one");
        await LookAtClaimAsync();
        _node.Api.Put(claim with
        {
            Spec = claim.Spec with
            {
                VolumeName = "pvc-claim-uid",
                Resources = new() { Requests = SizeOf("2Gi") },
            },
            Status = new() { Phase = PersistentVolumeClaimPhase.Bound, Capacity = SizeOf("1Gi") },
        });
        await LookAtClaimAsync();
        Assert.Equal("2Gi", _node.Api.Find<PersistentVolumeClaim>("ns", "data")!.Status.Capacity["storage"].ToString());
        Assert.Equal(
            "2Gi", _node.Api.Find<PersistentVolume>("", "pvc-claim-uid")!.Spec.Capacity["storage"].ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _provisioner.Dispose();
        await _directories.DisposeAsync();
        await _events.DisposeAsync();
        _node.Dispose();
    }

    private static ApiMap<Quantity> SizeOf(string size) =>
        ApiMap<Quantity>.From([KeyValuePair.Create("storage", Quantity.Parse(size))]);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }

    private string[] Reasons() =>
        [.. _node.Api.All<Event>().Select(static one => one.Reason).Order(StringComparer.Ordinal)];

    private string Removed() => _node.Api.Find<Keelson.Api.Core.V1.Node>("", TestNode.Name)!
        .Metadata.Annotations.GetValueOrDefault(LocalStorageNotes.Removed) ?? "";

    private Task<Reconciled> LookAtVolumeAsync() =>
        _directories.LookAtVolumeAsync(new("", "pvc-claim-uid"), _node.Api, default);

    private Task<Reconciled> ReclaimAsync() =>
        _provisioner.ReclaimAsync(new("", "pvc-claim-uid"), _node.Api, default);

    private async Task LookAtClaimAsync()
    {
        await _directories.LookAtNodeAsync(new("", TestNode.Name), _node.Api, default);
        Reconciled result = await _provisioner.ProvisionAsync(new ObjectKey("ns", "data"), _node.Api, default);
        Assert.Null(result.Error);
    }

    private PersistentVolumeClaim PutClaim(string selected)
    {
        List<KeyValuePair<string, string>> notes =
            [KeyValuePair.Create("volume.kubernetes.io/storage-provisioner", LocalStorageClass.Provisioner)];
        if (selected.Length > 0)
        {
            notes.Add(KeyValuePair.Create("volume.kubernetes.io/selected-node", selected));
        }

        return _node.Api.Put(new PersistentVolumeClaim
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = "data",
                Namespace = "ns",
                Uid = "claim-uid",
                Annotations = ApiMap<string>.FromUnsorted(notes),
            },
            Spec = new()
            {
                StorageClassName = LocalStorageClass.Name,
                AccessModes = [PersistentVolumeAccessMode.ReadWriteOnce],
                Resources = new() { Requests = SizeOf("1Gi") },
            },
        });
    }
}
