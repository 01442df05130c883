using Google.Protobuf;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Runtime.Protos;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>
/// What the runtime tells of its own accord, so that pods need not wait until it is listed: CRI's events, or, of a
/// containerd that has none yet (1.6), its own. Nothing depends on them; lists find what they miss.
/// </summary>
internal sealed class RuntimeEvents(CriClient runtime, RuntimePictures pictures, TimeProvider clock)
{
    /// <summary>containerd's own events.</summary>
    public static readonly RpcMethod<SubscribeRequest, Envelope> Subscribe =
        RpcMethod.ServerStreaming<SubscribeRequest, Envelope>("containerd.services.events.v1.Events", "Subscribe");

    private const string Exits = "namespace==\"k8s.io\",topic==\"/tasks/exit\"";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // containerd's CRI hears of an exit when we do; until it has noted it, it still calls the container running.
    private static readonly TimeSpan UntilNoted = TimeSpan.FromMilliseconds(50);

    /// <summary>Follows what the runtime tells until the call is cancelled, or it is clear that it tells nothing.
    /// </summary>
    /// <param name="changed">Called with the uid of a pod of which something is not as it was.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task FollowAsync(Action<string> changed, CancellationToken cancellationToken)
    {
        Func<Action<string>, CancellationToken, Task>? follow = FollowCriAsync;
        while (follow is not null && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                await follow(changed, cancellationToken);
            }
            catch (RpcException exception) when (exception.Code == RpcStatusCode.Unimplemented)
            {
                follow = follow == FollowCriAsync ? FollowContainerdAsync : null;
                continue;
            }
            catch (Exception exception) when (exception is RpcException or OperationCanceledException
                or InvalidProtocolBufferException)
            {
                // The runtime is away; lists go on.
            }

            await Task.Delay(Pause, clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowCriAsync(Action<string> changed, CancellationToken cancellationToken)
    {
        await foreach (Proto.ContainerEventResponse one in runtime.FollowAsync(
            CriMethods.GetContainerEvents, new Proto.GetEventsRequest(), cancellationToken))
        {
            if (one.PodSandboxStatus?.Metadata is { } pod)
            {
                changed(pod.Uid);
            }
        }
    }

    private async Task FollowContainerdAsync(Action<string> changed, CancellationToken cancellationToken)
    {
        await foreach (Envelope one in runtime.FollowAsync(
            Subscribe, new SubscribeRequest { Filters = { Exits } }, cancellationToken))
        {
            // Commands in containers have ids of their own: probes end all the time.
            TaskExit exit = TaskExit.Parser.ParseFrom(one.Event?.Value ?? ByteString.Empty);
            if (exit.Id == exit.ContainerId)
            {
                _ = TellAsync(exit.ContainerId, changed, cancellationToken);
            }
        }
    }

    private async Task TellAsync(string id, Action<string> changed, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(UntilNoted, clock, cancellationToken);
            if (pictures.PodOf(id) is { } known)
            {
                changed(known);
                return;
            }

            Proto.ListContainersResponse containers = await runtime.CallAsync(
                CriMethods.ListContainers,
                new Proto.ListContainersRequest { Filter = new() { Id = id } },
                cancellationToken);
            Proto.ListPodSandboxResponse sandboxes = await runtime.CallAsync(
                CriMethods.ListPodSandbox,
                new Proto.ListPodSandboxRequest { Filter = new() { Id = id } },
                cancellationToken);
            string? pod =
                containers.Containers.FirstOrDefault(one => one.Id == id)?.Labels.GetValueOrDefault(PodNames.PodUid)
                ?? sandboxes.Items.FirstOrDefault(one => one.Id == id)?.Metadata.Uid;
            if (pod is not null)
            {
                changed(pod);
            }
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException
            or ObjectDisposedException)
        {
            // The next list tells.
        }
    }
}
