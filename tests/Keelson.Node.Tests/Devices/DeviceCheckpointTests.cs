using Keelson.Nodes.Devices;

namespace Keelson.Nodes.Tests.Devices;

/// <summary>The checkpoint of devices, which kubelets and network plugins read.</summary>
public sealed class DeviceCheckpointTests : IDisposable
{
    // Written by a kubelet.
    private const string Kubelets =
        """{"Data":{"PodDeviceEntries":[{"PodUID":"bf52b2cd-b611-4e79-86b1-280b283185c3","ContainerName":"check",""" +
        """ "ResourceName":"nvidia.com/gpu","DeviceIDs":{"-1":["tegra"]},""" +
        """ "AllocResp":"Ch8KFk5WSURJQV9WSVNJQkxFX0RFVklDRVMSBXRlZ3Jh"}],""" +
        """ "RegisteredDevices":{"nvidia.com/gpu":["tegra"]}},"Checksum":3660592824}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-checkpoint-").FullName;
    private readonly List<string> _log = [];

    [Fact]
    public void What_a_kubelet_wrote_is_taken_up_and_written_the_same()
    {
        DeviceInventory inventory = Read(Kubelets);
        DeviceGrant grant = Assert.Single(inventory.GrantsOf("bf52b2cd-b611-4e79-86b1-280b283185c3", "check"));
        Assert.Equal(("nvidia.com/gpu", "tegra"), (grant.Resource, string.Join(' ', grant.Ids)));
        Assert.Equal("tegra", grant.Response.Envs["NVIDIA_VISIBLE_DEVICES"]);
        Assert.Equal((0, 0), inventory.Counts["nvidia.com/gpu"]);
        Assert.Empty(_log);

        inventory.Set("nvidia.com/gpu", [new("tegra", true, [])]);
        Checkpoint.Write(inventory);
        Assert.Equal(Kubelets.Replace(" ", "", StringComparison.Ordinal), File.ReadAllText(Path));
    }

    [Fact]
    public void Devices_are_kept_by_the_NUMA_nodes_that_they_are_close_to()
    {
        DeviceInventory inventory = new();
        inventory.Grant("pod", "main", new("example.com/dev", [new("a", true, [0, 1]), new("b", true, [1])], new()));
        Checkpoint.Write(inventory);
        Assert.Contains("""{"0":["a"],"1":["a","b"]}""", File.ReadAllText(Path), StringComparison.Ordinal);
        DeviceInventory next = Read(File.ReadAllText(Path));
        Assert.Equal(
            ["a 0,1", "b 1"],
            next.GrantsOf("pod", "main")[0].Devices
                .Select(static one => $"{one.Id} {string.Join(',', one.NumaNodes)}"));
    }

    [Theory]
    [InlineData("tegra", "tigra", "checkpoint is corrupted")]
    [InlineData("3660592824", "1", "checkpoint is corrupted")]
    [InlineData("3660592824}", "", "can't be used")]
    public void What_is_not_whole_is_not_used(string part, string instead, string error)
    {
        DeviceInventory inventory = Read(Kubelets.Replace(part, instead, StringComparison.Ordinal));
        Assert.Empty(inventory.Grants);
        Assert.Contains(error, Assert.Single(_log), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Path => System.IO.Path.Combine(_directory, "kubelet_internal_checkpoint");

    private DeviceCheckpoint Checkpoint => new(Path, _log.Add);

    private DeviceInventory Read(string text)
    {
        File.WriteAllText(Path, text);
        DeviceInventory inventory = new();
        Checkpoint.Read(inventory);
        return inventory;
    }
}
