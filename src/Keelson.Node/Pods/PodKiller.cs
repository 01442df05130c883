using Keelson.Api.Core.V1;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Runtime;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Pods;

/// <summary>Ends all of a pod: its containers at once, sidecars after them in reverse order, then its
/// sandboxes.</summary>
internal sealed class PodKiller(CriClient runtime, ContainerKiller killer)
{
    // Nobody waits for what ended to be removed; when many pods end at once, those that still run go first.
    private const int Removals = 2;

    /// <summary>Ends what containerd forgets; null for other runtimes.</summary>
    public ForgottenShims? Shims { get; init; }

    private readonly SemaphoreSlim _removals = new(Removals);

    /// <summary>How long a pod's containers may take: the shortest that was asked for, else what the pod says; none at
    /// all counts as nothing asked for.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="chosen">What the node allows; null for as long as the pod says.</param>
    public static long GraceOf(Pod pod, long? chosen)
    {
        long grace = 0;
        foreach (long? asked in (ReadOnlySpan<long?>)[pod.Metadata.DeletionGracePeriodSeconds, chosen])
        {
            grace = asked is { } seconds && (grace == 0 || seconds < grace) ? seconds : grace;
        }

        return Math.Max(1, grace > 0 ? grace : pod.Spec.TerminationGracePeriodSeconds ?? 1);
    }

    /// <summary>Ends the containers that run and the sandboxes that are ready.</summary>
    public async Task KillAsync(Pod pod, PodPicture picture, long? graceSeconds, CancellationToken cancellationToken)
    {
        await KillContainersAsync(pod, picture, graceSeconds, cancellationToken);
        foreach (SandboxPicture one in picture.Sandboxes)
        {
            // One that is not ready may still hold its network.
            await IgnoreMissingAsync(runtime.CallAsync(
                CriMethods.StopPodSandbox, new Proto.StopPodSandboxRequest { PodSandboxId = one.Id },
                    cancellationToken));
        }

        Shims?.LookSoon();
    }

    /// <summary>Ends all containers at once, without their hooks; called again, when how they ended is known, it
    /// removes them. The sandbox stays.</summary>
    public async Task ResetAsync(Pod pod, PodPicture picture, CancellationToken cancellationToken)
    {
        List<ContainerSpec> specs =
        [
            .. ContainerSpec.AllOf(pod.Spec).Where(static one => one.Role != ContainerRole.Ephemeral),
        ];
        List<ContainerPicture> mine = [.. picture.Containers.Where(one => specs.Exists(it => it.Name == one.Name))];
        List<ContainerPicture> running =
            [.. mine.Where(static one => one.Phase is ContainerPhase.Running or ContainerPhase.Unknown)];
        await Task.WhenAll(running
            .Select(one => killer.KillAsync(
                new KillRequest
                {
                    Pod = pod,
                    Container = one,
                    Spec = specs.Find(it => it.Name == one.Name),
                    SkipsHook = true,
                },
                cancellationToken)));

        foreach (ContainerPicture one in running.Count > 0 ? [] : mine)
        {
            await RemoveAsync(one, cancellationToken);
        }
    }

    /// <summary>Removes everything of a pod whose containers have ended.</summary>
    public async Task RemoveAsync(PodPicture picture, CancellationToken cancellationToken)
    {
        await _removals.WaitAsync(cancellationToken);
        try
        {
            foreach (SandboxPicture one in picture.Sandboxes)
            {
                await RemoveSandboxAsync(one.Id, cancellationToken);
            }

            foreach (ContainerPicture one in picture.Containers)
            {
                if (!picture.Sandboxes.Any(it => it.Id == one.SandboxId))
                {
                    await RemoveAsync(one, cancellationToken);
                }
                else
                {
                    OciRuntimeState.Remove(one.Id);
                }
            }
        }
        finally
        {
            _removals.Release();
        }
    }

    /// <summary>
    /// Removes what no status needs: all but the two newest containers of a name, and old sandboxes without containers.
    /// </summary>
    public async Task PruneAsync(PodPicture picture, CancellationToken cancellationToken)
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach (IGrouping<string, ContainerPicture> name in picture.Containers.GroupBy(static one => one.Name))
        {
            kept.UnionWith(name.Take(2).Select(static one => one.SandboxId));
            foreach (ContainerPicture one in name.Skip(2))
            {
                if (one.Phase != ContainerPhase.Running)
                {
                    await RemoveAsync(one, cancellationToken);
                    PodNames.RemoveLog(one.LogPath);
                }
            }
        }

        foreach (SandboxPicture one in picture.Sandboxes.Skip(1))
        {
            if (!one.IsReady && !kept.Contains(one.Id))
            {
                await RemoveSandboxAsync(one.Id, cancellationToken);
            }
        }
    }

    private async Task RemoveSandboxAsync(string id, CancellationToken cancellationToken)
    {
        await IgnoreMissingAsync(runtime.CallAsync(
            CriMethods.RemovePodSandbox, new Proto.RemovePodSandboxRequest { PodSandboxId = id }, cancellationToken));
        OciRuntimeState.Remove(id);
        Shims?.RemoveSocket(id);
    }

    private async Task RemoveAsync(ContainerPicture one, CancellationToken cancellationToken)
    {
        await IgnoreMissingAsync(runtime.CallAsync(
            CriMethods.RemoveContainer, new Proto.RemoveContainerRequest { ContainerId = one.Id }, cancellationToken));
        OciRuntimeState.Remove(one.Id);
    }

    private static async Task IgnoreMissingAsync<T>(Task<T> call)
    {
        try
        {
            await call;
        }
        catch (RpcException exception) when (exception.Code == RpcStatusCode.NotFound)
        {
            // It is gone, as wanted.
        }
    }

    private async Task KillContainersAsync(
        Pod pod, PodPicture picture, long? graceSeconds, CancellationToken cancellationToken)
    {
        List<ContainerSpec> specs = [.. ContainerSpec.AllOf(pod.Spec)];
        List<ContainerPicture> running =
        [
            .. picture.Containers.Where(static one => one.Phase is ContainerPhase.Running or ContainerPhase.Unknown),
        ];
        string address = picture.Addresses.Count > 0 ? picture.Addresses[0] : "127.0.0.1";
        Task KillOne(ContainerPicture one, ContainerSpec? spec, Task? turn) => killer.KillAsync(
            new KillRequest
            {
                Pod = pod,
                Container = one,
                Spec = spec,
                GraceSeconds = graceSeconds,
                PodAddress = address,
                Turn = turn,
            },
            cancellationToken);

        List<Task> kills = [];
        foreach (ContainerPicture one in running)
        {
            ContainerSpec? spec = specs.Find(it => it.Name == one.Name);
            if (spec?.Role != ContainerRole.Sidecar)
            {
                kills.Add(KillOne(one, spec, null));
            }
        }

        foreach (ContainerSpec sidecar in Enumerable.Reverse(specs)
            .Where(static one => one.Role == ContainerRole.Sidecar))
        {
            Task before = Task.WhenAll(kills);
            foreach (ContainerPicture one in running.Where(it => it.Name == sidecar.Name))
            {
                kills.Add(KillOne(one, sidecar, before));
            }
        }

        await Task.WhenAll(kills);
    }
}
