using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Stats;

/// <summary>A picture of what a runtime's sandboxes and containers use.</summary>
internal sealed class RuntimeUsage
{
    private readonly Dictionary<string, PodSandbox> _sandboxes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PodSandboxStats> _figures = new(StringComparer.Ordinal);
    private readonly ILookup<string, (Container Container, ContainerStats Stats)> _containers;

    private RuntimeUsage(
        IEnumerable<PodSandbox> sandboxes, ILookup<string, (Container, ContainerStats)> containers)
    {
        // A pod whose sandbox was made anew has the youngest.
        foreach (PodSandbox one in sandboxes.OrderBy(static one => one.CreatedAt))
        {
            _sandboxes[one.Metadata.Uid] = one;
        }

        _containers = containers;
    }

    /// <summary>The sandbox of a pod; null when it has none that runs.</summary>
    public PodSandbox? SandboxOf(string podUid) => _sandboxes.GetValueOrDefault(podUid);

    /// <summary>What the runtime says of a sandbox as a whole; null for runtimes that can't.</summary>
    public PodSandboxStats? FiguresOf(string sandboxId) => _figures.GetValueOrDefault(sandboxId);

    /// <summary>The containers of a sandbox.</summary>
    public IEnumerable<(Container Container, ContainerStats Stats)> ContainersOf(string sandboxId) =>
        _containers[sandboxId].OrderBy(static one => one.Container.Metadata.Name, StringComparer.Ordinal);

    /// <summary>Takes the picture; a runtime that does not answer gives an empty one.</summary>
    public static async Task<RuntimeUsage> ReadAsync(
        CriClient runtime, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            ListPodSandboxResponse sandboxes = await runtime.CallAsync(
                CriMethods.ListPodSandbox,
                new ListPodSandboxRequest
                {
                    Filter = new() { State = new() { State = PodSandboxState.SandboxReady } },
                },
                timeout,
                cancellationToken);
            ListContainersResponse running = await runtime.CallAsync(
                CriMethods.ListContainers,
                new ListContainersRequest
                {
                    Filter = new() { State = new() { State = ContainerState.ContainerRunning } },
                },
                timeout,
                cancellationToken);
            ListContainerStatsResponse stats = await runtime.CallAsync(
                CriMethods.ListContainerStats, new ListContainerStatsRequest(), timeout, cancellationToken);
            Dictionary<string, ContainerStats> byId = new(StringComparer.Ordinal);
            foreach (ContainerStats one in stats.Stats)
            {
                byId[one.Attributes.Id] = one;
            }

            RuntimeUsage usage = new(
                sandboxes.Items,
                running.Containers.Where(one => byId.ContainsKey(one.Id))
                    .ToLookup(static one => one.PodSandboxId, one => (one, byId[one.Id])));
            await usage.AddSandboxesAsync(runtime, timeout, cancellationToken);
            return usage;
        }
        catch (RpcException)
        {
            return new([], Array.Empty<(Container, ContainerStats)>().ToLookup(static _ => ""));
        }
    }

    private async Task AddSandboxesAsync(CriClient runtime, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            ListPodSandboxStatsResponse answer = await runtime.CallAsync(
                CriMethods.ListPodSandboxStats, new ListPodSandboxStatsRequest(), timeout, cancellationToken);
            foreach (PodSandboxStats one in answer.Stats)
            {
                _figures[one.Attributes.Id] = one;
            }
        }
        catch (RpcException)
        {
            // containerd before 1.7 has no figures of sandboxes; those of containers do.
        }
    }
}
