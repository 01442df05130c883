using Keelson.Api.Core.V1;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Backends;
using Keelson.Nodes.Server.Streams;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Server.Agent;

/// <summary>Commands, attachments and ports by the runtime's own streaming server.</summary>
internal sealed class AgentStreams(CriClient runtime, RuntimePictures pictures) : IContainerStreams
{
    private const int Failed = 500;

    /// <inheritdoc/>
    public async ValueTask<KubeletResult<CommandRun>> ExecAsync(
        ContainerCommand command, CancellationToken cancellationToken)
    {
        if (await FindAsync(command, cancellationToken) is not { } id)
        {
            return NotFound(command);
        }

        Proto.ExecRequest request = new()
        {
            ContainerId = id,
            Stdin = command.Streams.Stdin,
            Stdout = command.Streams.Stdout,
            Stderr = command.Streams.Stderr && !command.Streams.Tty,
            Tty = command.Streams.Tty,
        };
        request.Cmd.AddRange(command.Words);
        return await RunAsync(
            async () => (await runtime.CallAsync(CriMethods.Exec, request, cancellationToken)).Url, command);
    }

    /// <inheritdoc/>
    public async ValueTask<KubeletResult<CommandRun>> AttachAsync(
        ContainerCommand command, CancellationToken cancellationToken)
    {
        if (await FindAsync(command, cancellationToken) is not { } id)
        {
            return NotFound(command);
        }

        Proto.AttachRequest request = new()
        {
            ContainerId = id,
            Stdin = command.Streams.Stdin,
            Stdout = command.Streams.Stdout,
            Stderr = command.Streams.Stderr && !command.Streams.Tty,
            Tty = command.Streams.Tty,
        };
        return await RunAsync(
            async () => (await runtime.CallAsync(CriMethods.Attach, request, cancellationToken)).Url, command);
    }

    /// <inheritdoc/>
    public async ValueTask<KubeletResult<PortDialer>> ForwardAsync(Pod pod, CancellationToken cancellationToken)
    {
        PodPicture picture = await pictures.ReadAsync(pod.Metadata.Uid, cancellationToken);
        if (picture.Sandboxes.FirstOrDefault(static one => one.IsReady) is not { } sandbox)
        {
            return new KubeletRefusal(
                Failed, $"failed to find sandbox for pod \"{pod.Metadata.Name}_{pod.Metadata.Namespace}\"");
        }

        Proto.PortForwardRequest request = new() { PodSandboxId = sandbox.Id };
        return KubeletResult<PortDialer>.Of(RuntimeStreaming.PortsAt(async stop =>
            new Uri((await runtime.CallAsync(CriMethods.PortForward, request, stop)).Url)));
    }

    private static async ValueTask<KubeletResult<CommandRun>> RunAsync(Func<Task<string>> url, ContainerCommand command)
    {
        try
        {
            return KubeletResult<CommandRun>.Of(RuntimeStreaming.CommandAt(new Uri(await url()), command.Streams));
        }
        catch (RpcException exception)
        {
            return new KubeletRefusal(Failed, exception.Message);
        }
    }

    private static KubeletRefusal NotFound(ContainerCommand command) => new(
        Failed, $"container not found (\"{command.ContainerName}\")");

    private async Task<string?> FindAsync(ContainerCommand command, CancellationToken cancellationToken)
    {
        PodPicture picture = await pictures.ReadAsync(command.Pod.Metadata.Uid, cancellationToken);
        return picture.Latest(command.ContainerName) is { Phase: ContainerPhase.Running } running ? running.Id : null;
    }
}
