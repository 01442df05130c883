using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Runtime;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes;

/// <summary>Ends the pods of a node whose agent does not run, and undoes what the agent mounted.</summary>
public static class NodeCleanUp
{
    private const string ContainerLinks = "/var/log/containers";
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
            await RemoveSandboxesAsync(runtime, left, cancellationToken);
            if (runtime.Shims is { } shims)
            {
                await shims.EndAsync(config.Clock, config.Log, cancellationToken);
            }
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

    /// <summary>Removes the logs of the pods that have a directory at the agent, and links to logs that are
    /// gone.</summary>
    public static void RemoveLogs(string rootDirectory, string podLogsDirectory)
    {
        string pods = Path.Combine(rootDirectory, "pods");
        if (!Directory.Exists(pods) || !Directory.Exists(podLogsDirectory))
        {
            return;
        }

        foreach (string uid in Directory.GetDirectories(pods).Select(static one => Path.GetFileName(one)))
        {
            foreach (string logs in Directory.GetDirectories(podLogsDirectory, "*_" + uid))
            {
                Directory.Delete(logs, recursive: true);
            }
        }

        if (Directory.Exists(ContainerLinks))
        {
            foreach (FileInfo link in new DirectoryInfo(ContainerLinks).GetFiles()
                .Where(one => one.LinkTarget?.StartsWith(podLogsDirectory, StringComparison.Ordinal) == true
                    && !File.Exists(one.LinkTarget)))
            {
                link.Delete();
            }
        }
    }

    /// <summary>Removes the control groups of pods that hold no process any more, whoever made them: the agent by
    /// files, or systemd.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False while some are in use: groups of processes that were killed are, until these are gone.</returns>
    public static async Task<bool> RemoveControlGroupsAsync(CancellationToken cancellationToken)
    {
        CgroupFiles files = new();
        return await EmptyCgroups.RemoveAsync("/kubepods", new FileCgroupDriver(files), files, cancellationToken)
            & await RemoveSlicesAsync(files, cancellationToken);
    }

    /// <summary>Takes away the mounts of control groups that an agent made, where no groups are left in them.</summary>
    /// <param name="runtimeDirectory">Where its containerd is.</param>
    public static void RemoveControlGroupMounts(string runtimeDirectory) => new ControlGroupMounts(
        new LinuxMounts(), Path.Combine(runtimeDirectory, ContainerRuntime.MountsRecord)).Undo();

    private static async Task<bool> RemoveSlicesAsync(CgroupFiles files, CancellationToken cancellationToken)
    {
        const string Top = "/kubepods.slice";
        if (!files.IsAnywhere(Top))
        {
            return true;
        }

        await using SystemdUnits units = new(TimeProvider.System, static _ => { });
        return await EmptyCgroups.RemoveAsync(Top, new SystemdCgroupDriver(units, files), files, cancellationToken);
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
        ContainerRuntime runtime, List<string> left, CancellationToken cancellationToken)
    {
        Proto.ListPodSandboxResponse listed = await runtime.Client.CallAsync(
            CriMethods.ListPodSandbox, new Proto.ListPodSandboxRequest(), cancellationToken);
        await Task.WhenAll(listed.Items.Select(async one =>
        {
            await TryAsync(left, runtime.Client.CallAsync(
                CriMethods.StopPodSandbox,
                new Proto.StopPodSandboxRequest { PodSandboxId = one.Id },
                RemovalPatience,
                cancellationToken));
            await TryAsync(left, runtime.Client.CallAsync(
                CriMethods.RemovePodSandbox,
                new Proto.RemovePodSandboxRequest { PodSandboxId = one.Id },
                RemovalPatience,
                cancellationToken));
            OciRuntimeState.Remove(one.Id);
            runtime.Shims?.RemoveSocket(one.Id);
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
