using Keelson.Nodes.Cri;
using Keelson.Nodes.Images.Garbage;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Pods;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Eviction;

/// <summary>Gets back what a node is short of without ending pods.</summary>
internal interface INodeReclaim
{
    /// <summary>Whether images lie on another disk than the agent's directory.</summary>
    bool HasImageDisk { get; }

    /// <summary>Finds out where images lie.</summary>
    Task LookAsync(CancellationToken cancellationToken);

    /// <summary>Removes what nobody needs of what a signal is about.</summary>
    /// <returns>False when there can be no such thing.</returns>
    Task<bool> TryAsync(string signal, CancellationToken cancellationToken);
}

/// <summary>Removes containers that ended and images that no container uses.</summary>
internal sealed class NodeReclaim(NodeContext context, CriClient runtime, PodWorkers workers, ImageGarbage images)
    : INodeReclaim
{
    private bool? _hasImageDisk;

    /// <inheritdoc/>
    public bool HasImageDisk => _hasImageDisk == true;

    /// <inheritdoc/>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_hasImageDisk is not null)
        {
            return;
        }

        try
        {
            Proto.ImageFsInfoResponse info = await runtime.CallAsync(
                CriMethods.ImageFsInfo, new Proto.ImageFsInfoRequest(), cancellationToken);
            string mount = info.ImageFilesystems.FirstOrDefault()?.FsId?.Mountpoint ?? "";
            _hasImageDisk = FileFacts.Of(mount) is { } disk
                && FileFacts.Of(context.RootDirectory) is { } own
                && disk.Device != own.Device;
        }
        catch (RpcException exception)
        {
            context.Log("the runtime does not tell where images are: " + exception.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryAsync(string signal, CancellationToken cancellationToken)
    {
        bool isDisk = EvictionSignal.ConditionOf(signal) == "DiskPressure";
        bool isNodeDisk = signal is EvictionSignal.NodeDisk or EvictionSignal.NodeInodes;
        if (!isDisk || (isNodeDisk && HasImageDisk))
        {
            return false;
        }

        await workers.RemoveDeadAsync(cancellationToken);
        await images.RemoveUnusedAsync(cancellationToken);
        return true;
    }
}
