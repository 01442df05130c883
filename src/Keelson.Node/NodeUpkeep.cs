using Keelson.Client.Events;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Images.Garbage;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Logs;
using Keelson.Nodes.Nodes;
using Keelson.Nodes.Plugins;
using Keelson.Nodes.Volumes;
using Keelson.Nodes.Volumes.Csi;

namespace Keelson.Nodes;

/// <summary>
/// What goes on beside the pods for as long as a node runs: logs are rotated and linked, images that nobody uses
/// removed, plugins taken in.
/// </summary>
internal sealed class NodeUpkeep : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly NodeContext _context;
    private readonly Task _all;

    private NodeUpkeep(NodeContext context, IEnumerable<Func<CancellationToken, Task>> duties)
    {
        _context = context;
        _all = Task.WhenAll([.. duties.Select(duty => Task.Run(() => KeepAsync(duty)))]);
    }

    /// <summary>Starts all of it.</summary>
    /// <param name="context">The node.</param>
    /// <param name="rotation">Rotates logs.</param>
    /// <param name="parts">What else is looked after.</param>
    public static NodeUpkeep Start(NodeContext context, LogRotation rotation, UpkeepParts parts)
    {
        (CriClient runtime, CsiDrivers drivers, CsiNodeRecord record, ImageGarbage images, OomWatch oom, _) = parts;
        string logs = Path.GetDirectoryName(context.PodLogsDirectory.TrimEnd('/')) ?? "/";
        PluginRegistrations plugins = new(new VolumePaths(context).Registry, [drivers, .. parts.Others], context);
        LogLinkUpkeep links = new(runtime, new(Path.Combine(logs, "containers")), context);
        Task Tell(CancellationToken stop) => TellAsync(record, context, stop);
        Task Refresh(CancellationToken stop) => drivers.RefreshAsync(context, stop);
        return new(
            context,
            [
                plugins.RunAsync, rotation.RunAsync, links.RunAsync, images.RunAsync, oom.RunAsync, Tell, Refresh,
                .. parts.Duties,
            ]);
    }

    /// <summary>What removes images that nobody uses.</summary>
    public static ImageGarbage Images(
        NodeContext context, CriClient runtime, ImageGarbageConfig config, EventRecorder events) =>
        new(runtime, config, context)
        {
            Disk = DiskAt,
            Warn = (reason, text) => events.WarnOfNode(context.NodeName, reason, text),
        };

    /// <summary>Ends all of it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _all;
        _stop.Dispose();
    }

    /// <summary>The CSINode object is there once the node is.</summary>
    private static async Task TellAsync(CsiNodeRecord record, NodeContext context, CancellationToken stop)
    {
        while (await record.EnsureAsync(stop) is not null)
        {
            await Task.Delay(RetryAfter, context.Clock, stop);
        }
    }

    private static ImageDisk? DiskAt(string mount) =>
        LinuxCalls.StatFilesystem(mount, out LinuxCalls.FilesystemResult found) == 0
            ? new(found.Blocks * found.FragmentSize, found.BlocksAvailable * found.FragmentSize)
            : null;

    /// <summary>A duty that fails is told of and taken up again.</summary>
    private async Task KeepAsync(Func<CancellationToken, Task> duty)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await duty(_stop.Token);
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or Rpc.RpcException)
            {
                _context.Log("the node's upkeep: " + exception.Message);
            }

            await Task.Delay(RetryAfter, _context.Clock, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>What a node's upkeep looks after.</summary>
/// <param name="Runtime">The runtime.</param>
/// <param name="Drivers">The node's storage drivers.</param>
/// <param name="Record">What the cluster is told of them.</param>
/// <param name="Images">Removes images.</param>
/// <param name="Oom">Tells of processes that were killed because memory ran out.</param>
/// <param name="Others">Takes in plugins of other types.</param>
internal sealed record UpkeepParts(
    CriClient Runtime,
    CsiDrivers Drivers,
    CsiNodeRecord Record,
    ImageGarbage Images,
    OomWatch Oom,
    IReadOnlyList<IPluginType> Others)
{
    /// <summary>What the runtime needs to have done.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Duties { get; init; } = [];
}
