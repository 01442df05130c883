using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Network.PodNetwork;
using Keelson.Network.Policies;
using Keelson.Network.Proxy;
using Keelson.Nodes;

namespace Keelson.Cluster;

/// <summary>Undoes what a node left on its machine.</summary>
public static class LocalNodeRemoval
{
    // Groups that are still in use after that belong to somebody else's kubelet.
    private static readonly TimeSpan GroupPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan GroupPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends the pods of a node that does not run, and removes all the rest.</summary>
    /// <param name="config">The node.</param>
    /// <param name="client">The API; nothing is asked of it.</param>
    /// <param name="informers">Its objects; nothing is asked of them.</param>
    /// <param name="grace">How long containers may take to end.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What could not be removed, one line each.</returns>
    public static async Task<IReadOnlyList<string>> RemoveAllAsync(
        LocalNodeConfig config, IApiClient client, IInformers informers, TimeSpan grace,
            CancellationToken cancellationToken)
    {
        NodeAgentConfig agent = new()
        {
            NodeName = config.Name,
            Client = client,
            Informers = informers,
            RootDirectory = config.Directory,
            RuntimeEndpoint = config.RuntimeEndpoint,
            CniConfigurationDirectory = NodeParts.CniDirectory(config),
            PodLogsDirectory = config.PodLogsDirectory,
        };
        IReadOnlyList<string> left = await NodeCleanUp.RemovePodsAsync(agent, grace, cancellationToken);
        return left.Count > 0 ? left : await RemoveAsync(config, cancellationToken);
    }

    /// <summary>Removes links, rules, mounts, logs, control groups and directories of a node whose pods are
    /// gone.</summary>
    /// <returns>What could not be removed, one line each.</returns>
    public static async Task<IReadOnlyList<string>> RemoveAsync(
        LocalNodeConfig config, CancellationToken cancellationToken)
    {
        LeftoverProcesses.End("haproxy", config.Directory);
        await ServiceProxy.CleanUpAsync(NodeParts.Proxy(config), cancellationToken);
        await PolicyEnforcer.CleanUpAsync(NodeParts.Policies(config), cancellationToken);
        await NodePodNetwork.CleanUpAsync(NodeParts.Network(config), cancellationToken);
        NodeCleanUp.RemoveLogs(config.Directory, config.PodLogsDirectory);
        await RemoveControlGroupsAsync(cancellationToken);
        NodeCleanUp.RemoveControlGroupMounts(Path.Combine(config.Directory, "containerd"));
        List<string> left = [.. NodeCleanUp.Unmount(config.Directory)];
        if (left.Count == 0 && Directory.Exists(config.Directory))
        {
            try
            {
                Directory.Delete(config.Directory, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                left.Add(exception.Message);
            }
        }

        return left;
    }

    private static async Task RemoveControlGroupsAsync(CancellationToken cancellationToken)
    {
        long start = TimeProvider.System.GetTimestamp();
        using PeriodicTimer pause = new(GroupPause, TimeProvider.System);
        while (!await NodeCleanUp.RemoveControlGroupsAsync(cancellationToken)
            && TimeProvider.System.GetElapsedTime(start) < GroupPatience)
        {
            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }
}
