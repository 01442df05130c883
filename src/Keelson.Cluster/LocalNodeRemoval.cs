using Keelson.Network.PodNetwork;
using Keelson.Network.Policies;
using Keelson.Network.Proxy;
using Keelson.Nodes;

namespace Keelson.Cluster;

/// <summary>Undoes what a node left on its machine: links, rules, mounts, directories. Its pods must be gone.</summary>
public static class LocalNodeRemoval
{
    /// <summary>Does so.</summary>
    /// <returns>What could not be removed, one line each.</returns>
    public static async Task<IReadOnlyList<string>> RemoveAsync(
        LocalNodeConfig config, CancellationToken cancellationToken)
    {
        await ServiceProxy.CleanUpAsync(LocalNode.Proxy(config), cancellationToken);
        await PolicyEnforcer.CleanUpAsync(LocalNode.Policies(config), cancellationToken);
        await NodePodNetwork.CleanUpAsync(LocalNode.Network(config), cancellationToken);
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
}
