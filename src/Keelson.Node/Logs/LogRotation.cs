using System.Globalization;
using System.IO.Compression;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Logs;

/// <summary>
/// Rotates the logs of running containers: <c>0.log</c> becomes <c>0.log.20260101-120000</c>, the runtime opens a new
/// one, and what was rotated before is compressed. The newest rotated file stays as it is, because the runtime may not
/// have let go of it yet.
/// </summary>
internal sealed class LogRotation(CriClient runtime, LogRotationConfig config, NodeContext context)
{
    private const string Compressed = ".gz";
    private const string Unfinished = ".tmp";
    private const string StampFormat = "yyyyMMdd-HHmmss";
    private const int StampLength = 15;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Looks after logs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (config.SizeMax < 0)
        {
            return;
        }

        using PeriodicTimer timer = new(config.Interval, context.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await RotateAsync(cancellationToken);
        }
    }

    /// <summary>Rotates what has become too big.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        try
        {
            ListContainersResponse all = await runtime.CallAsync(
                CriMethods.ListContainers,
                new ListContainersRequest
                {
                    Filter = new() { State = new() { State = ContainerState.ContainerRunning } },
                },
                CallTimeout,
                cancellationToken);
            ParallelOptions bounds = new()
            {
                MaxDegreeOfParallelism = config.WorkersMax,
                CancellationToken = cancellationToken,
            };
            await Parallel.ForEachAsync(
                all.Containers,
                bounds,
                async (container, stop) => await RotateAsync(container.Id, stop));
        }
        catch (RpcException exception)
        {
            context.Log("logs were not rotated: " + exception.Message);
        }
    }

    /// <summary>Rotates one file.</summary>
    /// <param name="path">The log.</param>
    /// <param name="reopen">Makes the runtime write to a new file.</param>
    internal async Task RotateAsync(string path, Func<Task> reopen)
    {
        string[] rotated = RemoveSurplus(path);
        foreach (string old in rotated.Where(static one => !one.EndsWith(Compressed, StringComparison.Ordinal)))
        {
            Compress(old);
        }

        string target = path + "." + StampAfter(rotated, path);
        File.Move(path, target, overwrite: true);
        try
        {
            await reopen();
        }
        catch (RpcException)
        {
            // The runtime writes to the renamed file still, so that it must have its old name.
            File.Move(target, path, overwrite: true);
            throw;
        }
    }

    private async Task RotateAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            ContainerStatusResponse status = await runtime.CallAsync(
                CriMethods.ContainerStatus,
                new ContainerStatusRequest { ContainerId = id },
                CallTimeout,
                cancellationToken);
            ReopenContainerLogRequest request = new() { ContainerId = id };
            Task Reopen() =>
                runtime.CallAsync(CriMethods.ReopenContainerLog, request, CallTimeout, cancellationToken);
            string path = status.Status.LogPath;
            if (!File.Exists(path))
            {
                // Somebody removed it, or an agent died between renaming and reopening.
                await Reopen();
            }
            else if (new FileInfo(path).Length >= config.SizeMax)
            {
                await RotateAsync(path, Reopen);
            }
        }
        catch (Exception exception) when (exception is RpcException or IOException or UnauthorizedAccessException)
        {
            context.Log($"the log of container {id} was not rotated: {exception.Message}");
        }
    }

    /// <summary>The time as part of a name. Names tell what is older: after the clock was set back they go on from the
    /// last one.</summary>
    private string StampAfter(IReadOnlyList<string> rotated, string path)
    {
        DateTime now = context.Clock.GetLocalNow().DateTime;
        if (rotated.Count > 0
            && rotated[^1][(path.Length + 1)..] is { Length: >= StampLength } last
            && DateTime.TryParseExact(
                last[..StampLength],
                StampFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateTime before)
            && now < before.AddSeconds(1))
        {
            now = before.AddSeconds(1);
        }

        return now.ToString(StampFormat, CultureInfo.InvariantCulture);
    }

    /// <summary>Removes what was broken off and the oldest files; the rest, the oldest first.</summary>
    private string[] RemoveSurplus(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        List<string> rotated = [];
        foreach (string file in Directory.GetFiles(directory)
            .Where(one => one.StartsWith(path + ".", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            bool isDoubled = file.EndsWith(Compressed, StringComparison.Ordinal) is false
                && File.Exists(file + Compressed);
            if (file.EndsWith(Unfinished, StringComparison.Ordinal) || isDoubled)
            {
                File.Delete(file);
            }
            else
            {
                rotated.Add(file);
            }
        }

        // The present file and the one that it is about to become count too.
        int kept = Math.Max(config.FilesMax - 2, 0);
        int surplus = Math.Max(rotated.Count - kept, 0);
        rotated.Take(surplus).ToList().ForEach(File.Delete);
        return [.. rotated.Skip(surplus)];
    }

    private static void Compress(string path)
    {
        string unfinished = path + Compressed + Unfinished;
        using (FileStream from = File.OpenRead(path))
        using (FileStream to = File.Create(unfinished))
        using (GZipStream gzip = new(to, CompressionLevel.Optimal))
        {
            from.CopyTo(gzip);
        }

        File.Move(unfinished, path + Compressed, overwrite: true);
        File.Delete(path);
    }
}
