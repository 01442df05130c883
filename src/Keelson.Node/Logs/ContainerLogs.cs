using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Server.Backends;
using Keelson.Rpc;

namespace Keelson.Nodes.Logs;

/// <summary>The logs of a runtime's containers.</summary>
internal sealed class ContainerLogs(CriClient runtime, TimeProvider clock) : IContainerLogs
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public async ValueTask<KubeletResult<IAsyncEnumerable<ContainerLogEntry>>> OpenAsync(
        ContainerLogSource source, CancellationToken cancellationToken)
    {
        string id = source.ContainerId[(source.ContainerId.IndexOf("://", StringComparison.Ordinal) + 1)..];
        id = id.StartsWith("//", StringComparison.Ordinal) ? id[2..] : id;
        ContainerStatus? status = await StatusAsync(id, cancellationToken);
        if (status is null)
        {
            return new KubeletRefusal(400, "unable to retrieve container logs for " + source.ContainerId);
        }

        if (FileFacts.Of(status.LogPath) is null)
        {
            return new KubeletRefusal(
                400,
                $"failed to try resolving symlinks in path \"{status.LogPath}\": lstat {status.LogPath}: "
                + "no such file or directory");
        }

        ContainerLogReader reader = new(
            status.LogPath, async () => await IsRunningAsync(id, cancellationToken), clock);
        return KubeletResult<IAsyncEnumerable<ContainerLogEntry>>.Of(
            reader.ReadAsync(source.TailLines, source.Follow, cancellationToken));
    }

    private async ValueTask<bool> IsRunningAsync(string id, CancellationToken cancellationToken) =>
        await StatusAsync(id, cancellationToken) is { State: ContainerState.ContainerRunning };

    private async ValueTask<ContainerStatus?> StatusAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            ContainerStatusResponse response = await runtime.CallAsync(
                CriMethods.ContainerStatus,
                new ContainerStatusRequest { ContainerId = id },
                CallTimeout,
                cancellationToken);
            return response.Status;
        }
        catch (RpcException)
        {
            return null;
        }
    }
}
