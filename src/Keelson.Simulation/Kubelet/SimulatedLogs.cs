using System.Runtime.CompilerServices;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Simulation.Kubelet;

/// <summary>The logs of a simulated node's containers.</summary>
internal sealed class SimulatedLogs(IKubeletPods pods, TimeProvider clock) : IContainerLogs
{
    /// <summary>How often a follower looks whether the container still runs.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(500);

    public ValueTask<KubeletResult<IAsyncEnumerable<ContainerLogEntry>>> OpenAsync(
        ContainerLogSource source, CancellationToken cancellationToken) =>
        new(SimulatedLog.Of(source.Pod, source.ContainerName, source.ContainerId) is { } log
            ? KubeletResult<IAsyncEnumerable<ContainerLogEntry>>.Of(ReadAsync(log, source, cancellationToken))
            : new KubeletRefusal(400, $"unable to retrieve container logs for {source.ContainerId}"));

    private async IAsyncEnumerable<ContainerLogEntry> ReadAsync(
        SimulatedLog log, ContainerLogSource source, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long count = log.CountAt(clock.GetUtcNow());
        long line = source.TailLines is { } tail ? Math.Max(0, count - tail) : 0;
        while (true)
        {
            for (; line < count; line++)
            {
                yield return log.Entry(line);
            }

            // Once the run is over, its log is what it was by then.
            if (!source.Follow || (log.NextAfter(line) is null && !Runs(source)))
            {
                yield break;
            }

            await WaitAsync(log.NextAfter(line), cancellation);
            if (!Runs(source))
            {
                source = source with { Follow = false };
                SimulatedLog? ended = pods.Find(source.Pod.Metadata.Namespace, source.Pod.Metadata.Name) is { } pod
                    ? SimulatedLog.Of(pod, source.ContainerName, source.ContainerId)
                    : null;
                log = ended ?? log;
            }

            count = log.CountAt(clock.GetUtcNow());
        }
    }

    private async Task WaitAsync(DateTimeOffset? next, CancellationToken cancellation)
    {
        TimeSpan wait = next - clock.GetUtcNow() ?? LookPeriod;
        wait = wait > LookPeriod ? LookPeriod : wait;
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), clock, cancellation);
    }

    private bool Runs(ContainerLogSource source)
    {
        Pod? pod = pods.Find(source.Pod.Metadata.Namespace, source.Pod.Metadata.Name);
        return pod is not null && pod.Metadata.Uid == source.Pod.Metadata.Uid
            && SimulatedContainers.Statuses(pod).Any(one =>
                one.ContainerID == source.ContainerId && one.State.Running is not null);
    }
}
