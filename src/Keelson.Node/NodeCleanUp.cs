using Keelson.Nodes.Cri;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Runtime;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes;

/// <summary>Ends the pods of a node whose agent does not run, and undoes what the agent mounted.</summary>
public static class NodeCleanUp
{
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Stops all containers, removes all sandboxes, and unmounts what is mounted for pods. What pods wrote to their
    /// volumes on the disk stays.
    /// </summary>
    /// <param name="config">The agent's configuration.</param>
    /// <param name="grace">How long containers may take to end before they are killed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What could not be removed, one line each; empty when all is gone.</returns>
    /// <exception cref="NodeAgentException">The runtime can't be reached or started.</exception>
    public static async Task<IReadOnlyList<string>> RemovePodsAsync(
        NodeAgentConfig config, TimeSpan grace, CancellationToken cancellationToken)
    {
        List<string> left = [];
        await using (ContainerRuntime runtime = await ContainerRuntime.ConnectAsync(config, cancellationToken))
        {
            await StopContainersAsync(runtime.Client, grace, left, cancellationToken);
            await RemoveSandboxesAsync(runtime.Client, left, cancellationToken);
        }

        left.AddRange(Unmount(Path.Combine(config.RootDirectory, "pods")));
        return left;
    }

    /// <summary>Unmounts everything at and beneath a directory, the deepest first.</summary>
    /// <returns>What could not be unmounted.</returns>
    public static IReadOnlyList<string> Unmount(string directory)
    {
        List<string> left = [];
        LinuxMounts mounts = new();
        foreach (MountPoint mount in mounts.List()
            .Where(one => one.Path == directory || one.Path.StartsWith(directory + "/", StringComparison.Ordinal))
            .Reverse())
        {
            try
            {
                mounts.Unmount(mount.Path);
            }
            catch (IOException exception)
            {
                left.Add(exception.Message);
            }
        }

        return left;
    }

    private static async Task StopContainersAsync(
        CriClient runtime, TimeSpan grace, List<string> left, CancellationToken cancellationToken)
    {
        Proto.ListContainersResponse listed = await runtime.CallAsync(
            CriMethods.ListContainers, new Proto.ListContainersRequest(), cancellationToken);
        await Task.WhenAll(listed.Containers
            .Where(static one => one.State == Proto.ContainerState.ContainerRunning)
            .Select(one => TryAsync(left, runtime.CallAsync(
                CriMethods.StopContainer,
                new Proto.StopContainerRequest { ContainerId = one.Id, Timeout = (long)grace.TotalSeconds },
                grace + RemovalPatience,
                cancellationToken))));
    }

    private static async Task RemoveSandboxesAsync(
        CriClient runtime, List<string> left, CancellationToken cancellationToken)
    {
        Proto.ListPodSandboxResponse listed = await runtime.CallAsync(
            CriMethods.ListPodSandbox, new Proto.ListPodSandboxRequest(), cancellationToken);
        await Task.WhenAll(listed.Items.Select(async one =>
        {
            await TryAsync(left, runtime.CallAsync(
                CriMethods.StopPodSandbox,
                new Proto.StopPodSandboxRequest { PodSandboxId = one.Id },
                RemovalPatience,
                cancellationToken));
            await TryAsync(left, runtime.CallAsync(
                CriMethods.RemovePodSandbox,
                new Proto.RemovePodSandboxRequest { PodSandboxId = one.Id },
                RemovalPatience,
                cancellationToken));
        }));
    }

    private static async Task TryAsync(List<string> left, Task call)
    {
        try
        {
            await call;
        }
        catch (RpcException exception) when (exception.Code == RpcStatusCode.NotFound)
        {
            // Gone already.
        }
        catch (RpcException exception)
        {
            lock (left)
            {
                left.Add(exception.Message);
            }
        }
    }
}
