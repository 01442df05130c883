using System.Text.Json.Nodes;
using Keelson.Nodes.Dra;

namespace Keelson.Nodes.Tests.Dra;

/// <summary>The file in which claims are kept.</summary>
public sealed class ClaimFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-claims-").FullName;
    private readonly List<string> _log = [];

    [Fact]
    public async Task Claims_are_kept_as_kubelets_keep_them()
    {
        // Written by a kubelet.
        const string Data = "{\"kind\":\"DRACheckpoint\",\"apiVersion\":\"checkpoint.dra.kubelet.k8s.io/v1\","
            + "\"ClaimInfoStateList\":[{\"ClaimUID\":\"067798be-454e-4be4-9047-1aa06aea63f7\","
            + "\"ClaimName\":\"example\",\"Namespace\":\"default\","
            + "\"PodUIDs\":{\"139cdb46-f989-4f17-9561-ca10cfb509a6\":{}},"
            + "\"DriverState\":{\"test-driver.cdi.k8s.io\":{\"Devices\":[{\"PoolName\":\"worker-1\","
            + "\"DeviceName\":\"dev-1\",\"RequestNames\":[\"test request\"],"
            + "\"CDIDeviceIDs\":[\"example.com/example=cdi-example\"]}]}}}]}";
        string path = Path.Combine(_directory, "dra_manager_state");
        ClaimFile file = new(path, _log.Add);
        await File.WriteAllTextAsync(path, new JsonObject
        {
            ["Data"] = Data, ["Checksum"] = 1656016162,
        }.ToJsonString());
        PreparedClaim claim = Assert.Single(file.Read());
        Assert.Equal(("default", "example", "139cdb46-f989-4f17-9561-ca10cfb509a6"), (
            claim.Namespace, claim.Name, Assert.Single(claim.Pods)));
        PreparedDevice device = Assert.Single(claim.Drivers["test-driver.cdi.k8s.io"]);
        Assert.Equal(("worker-1", "dev-1", "test request", "example.com/example=cdi-example"), (
            device.Pool, device.Name, Assert.Single(device.Requests), Assert.Single(device.CdiIds)));

        file.Write([claim with { Name = "next" }]);
        Assert.Equal("next", Assert.Single(file.Read()).Name);
        Assert.Empty(_log);
        string broken = (await File.ReadAllTextAsync(path)).Replace("next", "text", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, broken);
        Assert.Empty(file.Read());
        Assert.Contains("checkpoint is corrupted", Assert.Single(_log), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
