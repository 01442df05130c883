using System.Collections.Concurrent;
using Keelson.Nodes.Volumes.Csi;
using Keelson.Nodes.Volumes.Csi.Protos;
using Keelson.Rpc;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Tests.Volumes;

/// <summary>A storage driver that makes directories and notes what it was asked.</summary>
internal sealed class TestDriver : IAsyncDisposable
{
    private RpcHost? _host;

    public ConcurrentQueue<string> Calls { get; } = new();

    public NodePublishVolumeRequest? Published { get; private set; }

    public static async Task<TestDriver> StartAsync(string socket, params RpcType[] capabilities)
    {
        TestDriver driver = new();
        NodeGetCapabilitiesResponse can = new();
        can.Capabilities.AddRange(
            capabilities.Select(static one => new NodeServiceCapability { Rpc = new() { Type = one } }));
        NodeGetInfoResponse info = new() { NodeId = "node-id", MaxVolumesPerNode = 7, AccessibleTopology = new() };
        info.AccessibleTopology.Segments["example.com/zone"] = "a";
        RpcServer server = new RpcServerBuilder()
            .Unary(CsiMethods.GetInfo, (_, _) => Task.FromResult(info))
            .Unary(CsiMethods.GetCapabilities, (_, _) => Task.FromResult(can))
            .Unary(CsiMethods.Stage, (request, _) =>
            {
                driver.Calls.Enqueue($"stage {request.VolumeId} {request.Secrets.GetValueOrDefault("password")}");
                return Task.FromResult(new NodeStageVolumeResponse());
            })
            .Unary(CsiMethods.Unstage, (request, _) =>
                driver.Note("unstage " + request.VolumeId, new NodeUnstageVolumeResponse()))
            .Unary(CsiMethods.Publish, (request, _) =>
            {
                driver.Published = request;
                Directory.CreateDirectory(request.TargetPath);
                return driver.Note("publish " + request.VolumeId, new NodePublishVolumeResponse());
            })
            .Unary(CsiMethods.Unpublish, (request, _) =>
            {
                Directory.Delete(request.TargetPath);
                return driver.Note("unpublish " + request.VolumeId, new NodeUnpublishVolumeResponse());
            })
            .Unary(CsiMethods.Expand, (request, _) => driver.Note(
                $"expand {request.VolumeId} {request.CapacityRange.RequiredBytes}", new NodeExpandVolumeResponse()))
            .Build();
        driver._host = await RpcHost.StartAsync(server, [RpcListener.Unix(socket)]);
        return driver;
    }

    public ValueTask DisposeAsync() => _host!.DisposeAsync();

    private Task<T> Note<T>(string call, T answer)
    {
        Calls.Enqueue(call);
        return Task.FromResult(answer);
    }
}
