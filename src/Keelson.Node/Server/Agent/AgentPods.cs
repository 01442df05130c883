using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Backends;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Server.Agent;

/// <summary>The pods of an agent, for its server.</summary>
internal sealed class AgentPods(PodWorkers workers, CriClient runtime) : IKubeletPods
{
    /// <inheritdoc/>
    public IReadOnlyList<Pod> All => [.. workers.Pods];

    /// <inheritdoc/>
    public Pod? Find(string podNamespace, string name) => workers.Pods
        .FirstOrDefault(one => one.Metadata.Name == name && one.Metadata.Namespace == podNamespace);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Pod>> RunningAsync(CancellationToken cancellationToken)
    {
        Proto.ContainerFilter running = new() { State = new() { State = Proto.ContainerState.ContainerRunning } };
        Proto.ListContainersResponse containers = await runtime.CallAsync(
            CriMethods.ListContainers, new Proto.ListContainersRequest { Filter = running }, cancellationToken);
        return
        [
            .. containers.Containers
                .Where(static one => one.Labels.ContainsKey(PodNames.PodUid))
                .GroupBy(static one => one.Labels[PodNames.PodUid])
                .Select(static pod => new Pod
                {
                    Metadata = ObjectMeta.Empty with
                    {
                        Name = pod.First().Labels[PodNames.PodName],
                        Namespace = pod.First().Labels[PodNames.PodNamespace],
                        Uid = pod.Key,
                    },
                    Spec = new PodSpec
                    {
                        Containers = pod.Select(static one => new Container
                        {
                            Name = one.Labels[PodNames.ContainerName],
                            Image = one.Image.Image,
                        }).ToApiList(),
                    },
                }),
        ];
    }
}
