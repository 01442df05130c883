using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Node.V1;
using Keelson.Client;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Volumes.Content;
using Keelson.Nodes.Volumes.Csi;
using Keelson.Nodes.Volumes.Mounting;
using Keelson.Nodes.Volumes.Plugins;

namespace Keelson.Nodes.Volumes;

/// <summary>The volumes of the pods on this node.</summary>
internal sealed class PodVolumes : IPodVolumes
{
    private readonly VolumesConfig _config;
    private readonly VolumePaths _paths;
    private readonly VolumeResolver _resolver;
    private readonly ServiceAccountTokens _tokens;
    private readonly ContainerMountList _mountList;
    private readonly VolumeRemoval _removal;
    private readonly IVolumePlugin[] _plugins;
    private readonly CsiDrivers _drivers;

    // Upstream's podAttachAndMountTimeout.
    private static readonly TimeSpan AttachPatience = TimeSpan.FromSeconds(123);

    // Workers look at their pods once a minute if nothing else happens; this is for those that look more often.
    private static readonly TimeSpan GrowthPeriod = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string PodUid, string Volume), long> _lookedAt = new();

    // What the volumes of running pods are; after a restart everything is looked at again.
    private readonly ConcurrentDictionary<(string PodUid, string Volume), PodVolume> _inPlace = new();

    /// <summary>The volumes of a node.</summary>
    /// <param name="config">What they work with.</param>
    /// <param name="drivers">The storage drivers of the node.</param>
    public PodVolumes(VolumesConfig config, CsiDrivers drivers)
    {
        NodeContext context = config.Context;
        _config = config;
        _drivers = drivers;
        _paths = new(context);
        _resolver = new(context.Client, config.Node);
        _tokens = new(context.Client, context.Clock);
        _mountList = new(new(_paths, config.Mounts), _paths, context.Log);
        ScratchDirectories directories = new(config.Mounts, config.Node);
        VolumeContents contents = new(config.Objects, config.Watches, _tokens, config.Node);
        _plugins =
        [
            new EmptyDirPlugin(_paths, directories),
            .. ContentPlugin.All(new(_paths, directories, contents, context.Clock)),
            new HostPathPlugin(),
            new LocalPlugin(_paths, config),
            new NfsPlugin(_paths, config.Mounts),
            new CsiPlugin(config, _paths, drivers, _tokens),
            new ImagePlugin(_paths, config.Images),
        ];
        _removal = new(_paths, config.Mounts, _plugins);
        context.Metrics.Own.BeforeWrite(Count);
    }

    /// <inheritdoc/>
    public async Task<string?> SetUpAsync(Pod pod, CancellationToken cancellationToken)
    {
        Task<string?>[] all = VolumeResolver.InUse(pod)
            .Select(volume => SetUpAsync(pod, volume, cancellationToken))
            .ToArray();
        string?[] errors = await Task.WhenAll(all);
        foreach (string error in errors.OfType<string>())
        {
            bool isMap = error.StartsWith("MapVolume.", StringComparison.Ordinal);
            _config.Events?.Warning(pod, isMap ? "FailedMapVolume" : "FailedMount", error);
        }

        return errors.FirstOrDefault(static one => one is not null);
    }

    /// <inheritdoc/>
    public async Task<bool> IsNodeFullAsync(string podUid, CancellationToken cancellationToken)
    {
        TimeProvider clock = _config.Context.Clock;
        long since = clock.GetTimestamp() - (long)(AttachPatience.TotalSeconds * clock.TimestampFrequency);
        IReadOnlyList<string> full = _config.Attached.FullSince(podUid, since);
        foreach (string driver in full)
        {
            await _drivers.AskAnewAsync(driver, cancellationToken);
        }

        return full.Count > 0;
    }

    /// <inheritdoc/>
    public void Settle() => _config.Attached.Complete();

    /// <inheritdoc/>
    public async Task<ContainerMounts> MountsAsync(
        Pod pod,
        Container container,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        Dictionary<string, PlacedVolume> volumes = new(StringComparer.Ordinal);
        HashSet<string> used = container.VolumeMounts.Select(static one => one.Name)
            .Concat(container.VolumeDevices.Select(static one => one.Name))
            .ToHashSet(StringComparer.Ordinal);
        foreach (Volume volume in pod.Spec.Volumes.Where(one => used.Contains(one.Name)))
        {
            // What is in place needs no server, so containers restart while it is away.
            ResolvedVolume resolved = _inPlace.TryGetValue((pod.Metadata.Uid, volume.Name), out PodVolume? before)
                ? new(before with { Pod = pod }, null)
                : await _resolver.ResolveAsync(pod, volume, cancellationToken);
            if (resolved.Volume is not { } known)
            {
                return new([], [], resolved.Error);
            }

            IVolumePlugin? plugin = PluginOf(known);
            if (plugin is ImagePlugin images
                && await images.PlaceAsync(known, IsPart(container, volume), cancellationToken) is { } missing)
            {
                return new([], [], missing);
            }

            if (plugin is not null)
            {
                volumes[volume.Name] = new(known, plugin);
            }
        }

        bool knowsRecursive = container.VolumeMounts.Any(static one => one.RecursiveReadOnly is not null)
            && await KnowsRecursiveReadOnlyAsync(pod, cancellationToken);
        return _mountList.Of(container, volumes, environment, knowsRecursive);
    }

    private static bool IsPart(Container container, Volume volume) => container.VolumeMounts.Any(
        one => one.Name == volume.Name && (one.SubPath.Length > 0 || one.SubPathExpr.Length > 0));

    /// <inheritdoc/>
    public async Task<string?> TearDownAsync(string podUid, CancellationToken cancellationToken)
    {
        foreach ((string, string) key in _inPlace.Keys.Where(key => key.PodUid == podUid))
        {
            _inPlace.TryRemove(key, out _);
            _lookedAt.TryRemove(key, out _);
        }

        string? error = await _removal.RemoveAsync(podUid, cancellationToken);
        if (error is null)
        {
            _tokens.Forget(podUid);
            _config.Objects.Forget(podUid);
            _config.Watches.Forget(podUid);
            _config.Attached.Release(podUid);
        }

        return error;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> InPlace() => _removal.InPlace();

    /// <summary>Counts volumes for those who ask for metrics: those that are in place are wanted too.</summary>
    private void Count()
    {
        NumberMetric total = _config.Context.Metrics.Volumes.Total;
        total.Clear();
        foreach (IGrouping<string, PodVolume> one in _inPlace.Values
            .GroupBy(volume => PluginOf(volume)?.Name ?? "", StringComparer.Ordinal))
        {
            total.Set(one.Count(), one.Key, "actual_state_of_world");
            total.Set(one.Count(), one.Key, "desired_state_of_world");
        }
    }

    /// <summary>
    /// Whether the runtime handler of a pod's class mounts read-only all the way down, as the node's status has it.
    /// </summary>
    private async ValueTask<bool> KnowsRecursiveReadOnlyAsync(Pod pod, CancellationToken cancellationToken)
    {
        string handler = "";
        if (pod.Spec.RuntimeClassName is { Length: > 0 } name)
        {
            ApiResult<RuntimeClass> read =
                await _config.Context.Client.GetAsync<RuntimeClass>("", name, cancellationToken);
            handler = read.Error is null ? read.Value.Handler : "";
        }

        Node? node = await _config.Node.GetAsync(cancellationToken);
        return node?.Status.RuntimeHandlers.Any(one =>
            one.Name == handler && one.Features?.RecursiveReadOnlyMounts == true) == true;
    }

    /// <summary>Where a volume of a pod is; null when it is not in place.</summary>
    public string? PathOf(Pod pod, string volume) =>
        _inPlace.TryGetValue((pod.Metadata.Uid, volume), out PodVolume? known) && !known.IsBlock
            ? PluginOf(known)?.PathOf(known)
            : null;

    private IVolumePlugin? PluginOf(PodVolume volume) => _plugins.FirstOrDefault(one => one.Handles(volume));

    private async Task<string?> SetUpAsync(Pod pod, Volume volume, CancellationToken cancellationToken)
    {
        (string, string) key = (pod.Metadata.Uid, volume.Name);
        bool isInPlace = _inPlace.TryGetValue(key, out PodVolume? before);
        bool isRepeated = before is null || PluginOf(before)?.IsRepeated(before) == true;
        if (!isRepeated && !MayHaveGrown(key, before!))
        {
            return null;
        }

        ResolvedVolume resolved = await _resolver.ResolveAsync(pod, volume, cancellationToken);
        if (resolved.Volume is not { } known)
        {
            return isInPlace && !isRepeated ? null : resolved.Error;
        }

        if (!isRepeated && PluginOf(known)?.IsRepeated(known) != true)
        {
            return null;
        }

        string call = known.IsBlock ? "MapVolume.SetUpDevice" : "MountVolume.SetUp";
        if (PluginOf(known) is not { } plugin)
        {
            return $"{call} failed for volume \"{known.SpecName}\" : no volume plugin matched";
        }

        string? error;
        long begun = _config.Context.Clock.GetTimestamp();
        try
        {
            error = await plugin.SetUpAsync(known, cancellationToken);
            if (error is null && known.IsBlock)
            {
                LinkDevice(known, plugin);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = exception.Message;
        }

        _config.Context.Metrics.Volumes.Operations.Observe(
            _config.Context.Clock.GetElapsedTime(begun),
            "false",
            known.IsBlock ? "map_volume" : "volume_mount",
            error is null ? "success" : "fail-unknown",
            plugin.Name);
        if (error is not null)
        {
            // A volume that needs staging says itself at which step it failed.
            return error.StartsWith("MountVolume.", StringComparison.Ordinal)
                || error.StartsWith("MapVolume.", StringComparison.Ordinal)
                ? error
                : $"{call} failed for volume \"{known.SpecName}\" : {error}";
        }

        _inPlace[key] = known;
        _lookedAt[key] = _config.Context.Clock.GetTimestamp();
        return null;
    }

    /// <summary>Whether it is time to look whether a volume of a driver was made bigger while pods use it.</summary>
    private bool MayHaveGrown((string PodUid, string Volume) key, PodVolume volume)
    {
        TimeProvider clock = _config.Context.Clock;
        if (volume.Claim is null || volume.Persistent?.Spec.PersistentVolumeSource.Csi is null
            || (_lookedAt.TryGetValue(key, out long at) && clock.GetElapsedTime(at) < GrowthPeriod))
        {
            return false;
        }

        _lookedAt[key] = clock.GetTimestamp();
        return true;
    }

    /// <summary>The link by which containers get a device.</summary>
    private void LinkDevice(PodVolume volume, IVolumePlugin plugin)
    {
        string link = _paths.Device(volume.Pod.Metadata.Uid, plugin.Name, volume.SpecName);
        string device = plugin.PathOf(volume);
        if (new FileInfo(link).LinkTarget == device)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        if (FileFacts.OfLink(link) is not null)
        {
            File.Delete(link);
        }

        File.CreateSymbolicLink(link, device);
        string about = $"MapVolume.MapPodDevice succeeded for volume \"{volume.SpecName}\" ";
        string global = _paths.GlobalDevices(plugin.Name, volume.SpecName);
        string ofPod = Path.GetDirectoryName(link)!;
        _config.Events?.Normal(volume.Pod, "SuccessfulMountVolume", $"{about}globalMapPath \"{global}\"");
        _config.Events?.Normal(volume.Pod, "SuccessfulMountVolume", $"{about}volumeMapPath \"{ofPod}\"");
    }
}
