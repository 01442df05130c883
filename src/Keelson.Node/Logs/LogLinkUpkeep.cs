using System.Globalization;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Pods;
using Keelson.Rpc;

namespace Keelson.Nodes.Logs;

/// <summary>Sees to it that each container's log has its link, and that links don't outlive their logs.</summary>
internal sealed class LogLinkUpkeep(CriClient runtime, LogLinks links, NodeContext context)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Looks after links until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, context.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is RpcException or IOException or UnauthorizedAccessException)
            {
                context.Log("links to logs were not looked after: " + exception.Message);
            }
        }
    }

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        ListContainersResponse all = await runtime.CallAsync(
            CriMethods.ListContainers, new ListContainersRequest(), CallTimeout, cancellationToken);
        HashSet<string> running = new(StringComparer.Ordinal);
        foreach (Container one in all.Containers)
        {
            if (one.State == ContainerState.ContainerRunning)
            {
                running.Add(one.Id);
            }

            if (LogOf(one) is { } log && File.Exists(log))
            {
                links.Make(LinkOf(one), log);
            }
        }

        links.RemoveDead(running.Contains);
    }

    private string LinkOf(Container one) => links.PathOf(
        one.Labels[PodNames.PodName], one.Labels[PodNames.PodNamespace], one.Metadata.Name, one.Id);

    /// <summary>The log of a container that a kubelet made; null for others.</summary>
    private string? LogOf(Container one) =>
        one.Labels.TryGetValue(PodNames.PodName, out string? pod)
        && one.Labels.TryGetValue(PodNames.PodNamespace, out string? podNamespace)
        && one.Labels.TryGetValue(PodNames.PodUid, out string? uid)
            ? Path.Combine(
                context.PodLogsDirectory,
                $"{podNamespace}_{pod}_{uid}",
                one.Metadata.Name,
                one.Metadata.Attempt.ToString(CultureInfo.InvariantCulture) + ".log")
            : null;
}
