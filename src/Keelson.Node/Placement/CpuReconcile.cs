using Keelson.Nodes.Cri;
using Keelson.Nodes.Pods;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Placement;

/// <summary>Keeps containers that run on the processors that are theirs, as those they share come and go.</summary>
internal sealed class CpuReconcile(NodeContext context, CriClient runtime, StaticCpus cpus)
{
    // Upstream's cpuManagerReconcilePeriod.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private Dictionary<string, string> _told = [];

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Period, context.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (RpcException exception)
            {
                context.Log("processors of containers: " + exception.Message);
            }
        }
    }

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Proto.ContainerFilter running = new() { State = new() { State = Proto.ContainerState.ContainerRunning } };
        Proto.ListContainersResponse containers = await runtime.CallAsync(
            CriMethods.ListContainers, new Proto.ListContainersRequest { Filter = running }, cancellationToken);
        Dictionary<string, string> now = new(StringComparer.Ordinal);
        foreach (Proto.Container one in containers.Containers)
        {
            if (!one.Labels.TryGetValue(PodNames.PodUid, out string? uid)
                || !one.Labels.TryGetValue(PodNames.ContainerName, out string? name))
            {
                continue;
            }

            string wanted = CpuSet.Format(cpus.Of(uid, name) ?? cpus.Shared);
            if (_told.GetValueOrDefault(one.Id) != wanted)
            {
                await runtime.CallAsync(
                    CriMethods.UpdateContainerResources,
                    new Proto.UpdateContainerResourcesRequest
                    {
                        ContainerId = one.Id, Linux = new() { CpusetCpus = wanted },
                    },
                    cancellationToken);
            }

            now[one.Id] = wanted;
        }

        _told = now;
    }
}
