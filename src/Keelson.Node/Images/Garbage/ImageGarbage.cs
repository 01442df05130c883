using System.Globalization;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Images.Pulls;
using Keelson.Rpc;

namespace Keelson.Nodes.Images.Garbage;

/// <summary>The file system of images.</summary>
/// <param name="Capacity">Its bytes.</param>
/// <param name="Available">Those that are left.</param>
internal readonly record struct ImageDisk(ulong Capacity, ulong Available);

/// <summary>
/// Removes images that no container uses when their disk fills up, those first that were used last the longest ago.
/// </summary>
internal sealed class ImageGarbage(CriClient runtime, ImageGarbageConfig config, NodeContext context)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>How the disk at a mount point is filled.</summary>
    public Func<string, ImageDisk?> Disk { get; init; } = static _ => null;

    /// <summary>Notes of pulls, which are kept as long as their images.</summary>
    public PullRecords? Records { get; set; }

    /// <summary>Where it is told what went wrong: an event's reason, and its text.</summary>
    public Action<string, string> Warn { get; init; } = static (_, _) => { };

    /// <summary>Looks after images until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(config.Interval, context.Clock);
        bool hasFailed = false;
        do
        {
            string? error = await TryCollectAsync(cancellationToken);
            if (error is not null)
            {
                context.Log("images were not looked at: " + error);
            }

            // Once is no event: the runtime may not have looked at its disks yet.
            if (error is not null && hasFailed)
            {
                Warn("ImageGCFailed", error);
            }

            hasFailed = error is not null;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Removes all images that no container uses, because the node is short of disk.</summary>
    public async Task RemoveUnusedAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await FreeAsync(ulong.MaxValue, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes what has to go, once.</summary>
    /// <returns>Null, or why that was not possible.</returns>
    public async Task<string?> CollectAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await CollectOnceAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string?> TryCollectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CollectAsync(cancellationToken);
        }
        catch (RpcException exception)
        {
            return exception.Message;
        }
    }

    private async Task<string?> CollectOnceAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await RemoveOldAsync(cancellationToken);
        ImageFsInfoResponse info = await runtime.CallAsync(
            CriMethods.ImageFsInfo, new ImageFsInfoRequest(), CallTimeout, cancellationToken);
        string mount = info.ImageFilesystems.FirstOrDefault()?.FsId?.Mountpoint ?? "";
        if (mount.Length == 0 || Disk(mount) is not { } disk)
        {
            return null;
        }

        if (disk.Capacity == 0)
        {
            return Failed("InvalidDiskCapacity", "invalid capacity 0 on image filesystem");
        }

        ulong usedPercent = 100 - Math.Min(100, disk.Available * 100 / disk.Capacity);
        ulong wanted = disk.Capacity * (ulong)(100 - config.LowPercent) / 100;
        if (usedPercent < (ulong)config.HighPercent || wanted <= disk.Available)
        {
            return null;
        }

        ulong toFree = wanted - disk.Available;
        ulong freed = await FreeAsync(toFree, cancellationToken);
        return freed >= toFree ? null : Failed("FreeDiskSpaceFailed", string.Create(
            CultureInfo.InvariantCulture,
            $"Failed to garbage collect required amount of images. Attempted to free {toFree} bytes, but only "
            + $"found {freed} bytes eligible to free."));
    }

    private string Failed(string reason, string text)
    {
        Warn(reason, text);
        return text;
    }

    /// <summary>Removes images that no container uses until enough is freed; the result is what they took.</summary>
    public async Task<ulong> FreeAsync(ulong bytes, CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        DateTimeOffset now = context.Steady.Now;
        ulong freed = 0;
        foreach ((string id, Known image) in Unused(now))
        {
            if (freed >= bytes)
            {
                break;
            }

            if (now - image.FirstSeen >= config.AgeMin && await RemoveAsync(id, cancellationToken))
            {
                context.Metrics.Images.Removed.Count("space");
                freed += image.Size;
            }
        }

        return freed;
    }

    private IEnumerable<KeyValuePair<string, Known>> Unused(DateTimeOffset now) => _known
        .Where(one => !one.Value.IsPinned && one.Value.LastUsed < now)
        .OrderBy(static one => one.Value.LastUsed)
        .ThenBy(static one => one.Value.FirstSeen)
        .ToArray();

    private async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = context.Steady.Now;
        foreach ((string id, Known image) in config.AgeMax > TimeSpan.Zero ? Unused(now) : [])
        {
            DateTimeOffset since = image.LastUsed > image.FirstSeen ? image.LastUsed : image.FirstSeen;
            if (now - since > config.AgeMax && await RemoveAsync(id, cancellationToken))
            {
                context.Metrics.Images.Removed.Count("age");
            }
        }
    }

    private async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await runtime.CallAsync(
                CriMethods.RemoveImage,
                new RemoveImageRequest { Image = new() { Image = id } },
                CallTimeout,
                cancellationToken);
            _known.Remove(id);
            return true;
        }
        catch (RpcException exception)
        {
            context.Log($"image {id} was not removed: {exception.Message}");
            return false;
        }
    }

    /// <summary>Notes which images are there and which are in use, by any container that still exists.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        ListImagesResponse images = await runtime.CallAsync(
            CriMethods.ListImages, new ListImagesRequest(), CallTimeout, cancellationToken);
        ListContainersResponse containers = await runtime.CallAsync(
            CriMethods.ListContainers, new ListContainersRequest(), CallTimeout, cancellationToken);
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (Container one in containers.Containers)
        {
            used.UnionWith([one.ImageRef, one.ImageId, one.Image?.Image ?? ""]);
        }

        DateTimeOffset now = context.Steady.Now;
        DateTimeOffset listed = context.Clock.GetUtcNow() - CallTimeout;
        HashSet<string> there = new(StringComparer.Ordinal);
        foreach (Image image in images.Images)
        {
            there.Add(image.Id);
            bool isUsed = used.Contains(image.Id) || image.RepoTags.Any(used.Contains)
                || image.RepoDigests.Any(used.Contains);
            Known known = _known.GetValueOrDefault(image.Id) ?? new(now, DateTimeOffset.MinValue, 0, false);
            _known[image.Id] = known with
            {
                LastUsed = isUsed ? now : known.LastUsed,
                Size = image.Size,
                IsPinned = image.Pinned || image.RepoTags.Contains(Runtime.ContainerRuntime.SandboxImage),
            };
        }

        foreach (string gone in _known.Keys.Where(one => !there.Contains(one)).ToArray())
        {
            _known.Remove(gone);
        }

        Records?.Prune(there, listed);
    }

    private sealed record Known(DateTimeOffset FirstSeen, DateTimeOffset LastUsed, ulong Size, bool IsPinned);
}
