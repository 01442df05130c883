using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Volumes.Content;
using Keelson.Nodes.Volumes.Csi.Protos;
using Keelson.Rpc;
using RpcType = Keelson.Nodes.Volumes.Csi.Protos.NodeServiceCapability.Types.RPC.Types.Type;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>csi: volumes of storage drivers, staged once on the node and put in place for each pod.</summary>
internal sealed class CsiPlugin : IVolumePlugin
{
    private readonly NodeContext _context;
    private readonly IMounts _mounts;
    private readonly CsiPaths _paths;
    private readonly CsiDrivers _drivers;
    private readonly CsiRequests _requests;
    private readonly CsiExpansion _expansion;
    private readonly AttachedVolumes _attached;
    private readonly EventRecorder? _events;

    // The pods of a volume share its staging; two of them must not stage and unstage it at once.
    private readonly ConcurrentDictionary<(string, string), SemaphoreSlim> _staging = new();
    private readonly ConcurrentDictionary<string, bool> _asksAgain = new(StringComparer.Ordinal);

    public CsiPlugin(VolumesConfig config, VolumePaths paths, CsiDrivers drivers, ServiceAccountTokens tokens)
    {
        _context = config.Context;
        _mounts = config.Mounts;
        _paths = new(paths);
        _drivers = drivers;
        _requests = new(config.Context, tokens);
        _expansion = new(config.Context, _requests, config.Events);
        _attached = config.Attached;
        _events = config.Events;
    }

    /// <inheritdoc/>
    public string Name => "kubernetes.io/csi";

    /// <inheritdoc/>
    public bool Handles(PodVolume volume) => CsiVolume.Of(volume, _context.NodeName) is not null;

    /// <inheritdoc/>
    public string PathOf(PodVolume volume) => _paths.Published(volume);

    /// <inheritdoc/>
    public bool IsReadOnly(PodVolume volume) => CsiRequests.IsReadOnly(volume);

    /// <inheritdoc/>
    public bool IsRepeated(PodVolume volume) =>
        CsiExpansion.IsWaiting(volume)
        || (CsiVolume.Of(volume, _context.NodeName) is { } known && _asksAgain.ContainsKey(known.Driver));

    /// <inheritdoc/>
    public async Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken)
    {
        CsiVolume known = CsiVolume.Of(volume, _context.NodeName)!;
        if (_drivers.Find(known.Driver) is not { } driver)
        {
            return NoDriver(volume, known);
        }

        ApiResult<CSIDriver> read =
            await _context.Client.GetAsync<CSIDriver>("", known.Driver, cancellationToken);
        CSIDriverSpec? spec = read.Error is null ? read.Value.Spec : null;
        if (known.IsEphemeral && spec?.VolumeLifecycleModes.Contains(VolumeLifecycleMode.Ephemeral) != true)
        {
            return "kubernetes.io/csi: mounter.SetUpAt failed to check volume lifecycle mode: "
                + $"volume mode \"Ephemeral\" not supported by driver {known.Driver} (only supports [\"Persistent\"])";
        }

        if (spec?.RequiresRepublish == true)
        {
            _asksAgain[known.Driver] = true;
        }

        SemaphoreSlim gate = _staging.GetOrAdd((known.Driver, known.Handle), static _ => new(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await SetUpAsync(volume, known, driver, spec, cancellationToken);
        }
        catch (RpcException exception)
        {
            return exception.Message;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<string?> TearDownAsync(string podUid, string directory, CancellationToken cancellationToken)
    {
        string specName = Path.GetFileName(directory);
        bool isBlock = FileFacts.OfLink(directory) is { Type: FileType.SymbolicLink };
        string data = isBlock ? _paths.DeviceData(specName) : directory;
        if (CsiVolume.Read(data) is not { } known)
        {
            return null;
        }

        if (_drivers.Find(known.Driver) is not { } driver)
        {
            return "kubernetes.io/csi: Unmounter.TearDownAt failed to get CSI client: "
                + CsiDrivers.NotFound(known.Driver);
        }

        SemaphoreSlim gate = _staging.GetOrAdd((known.Driver, known.Handle), static _ => new(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            string target = isBlock ? _paths.PublishedDevice(specName, podUid) : Path.Combine(directory, "mount");
            await driver.CallAsync(
                CsiMethods.Unpublish,
                new NodeUnpublishVolumeRequest { VolumeId = known.Handle, TargetPath = target },
                cancellationToken);
            Remove(target);
            if (isBlock)
            {
                File.Delete(directory);
            }
            else
            {
                File.Delete(Path.Combine(directory, CsiVolume.FileName));
            }

            await UnstageAsync(known, driver, isBlock, cancellationToken);
            return null;
        }
        catch (RpcException exception)
        {
            return exception.Message;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<string?> SetUpAsync(
        PodVolume volume, CsiVolume known, CsiDriver driver, CSIDriverSpec? spec, CancellationToken cancellationToken)
    {
        ApiMap<string> attachment = ApiMap<string>.Empty;
        if (!known.IsEphemeral && spec?.AttachRequired != false)
        {
            _attached.Use(volume.Pod.Metadata.Uid, AttachedVolumes.NameOf(known.Driver, known.Handle));
            (attachment, string? missing, bool isFull) = await AttachmentAsync(known, cancellationToken);
            _attached.Look(
                volume.Pod.Metadata.Uid,
                known.Driver,
                isFull && spec?.NodeAllocatableUpdatePeriodSeconds > 0,
                _context.Clock.GetTimestamp());
            if (missing is not null)
            {
                return missing;
            }
        }

        bool isStaged = !known.IsEphemeral && await driver.CanAsync(RpcType.StageUnstageVolume, cancellationToken);
        if (isStaged && await StageAsync(volume, known, driver, attachment, cancellationToken) is { } error)
        {
            string step = volume.IsBlock ? "MapVolume.SetUpDevice" : "MountVolume.MountDevice";
            return $"{step} failed for volume \"{known.SpecName}\" : {error}";
        }

        string staged = isStaged ? _paths.Staged(known, volume.IsBlock) : "";
        error = await PublishAsync(volume, known, driver, spec, attachment, staged, cancellationToken);
        return error ?? await _expansion.ExpandAsync(volume, known, driver, PathOf(volume), staged, cancellationToken);
    }

    /// <summary>Upstream's words for a volume whose driver is not known, by the step that needs it first.</summary>
    private static string NoDriver(PodVolume volume, CsiVolume known)
    {
        (string step, string words) = (volume.IsBlock, known.IsEphemeral) switch
        {
            (true, _) => ("MapVolume.SetUpDevice", "blockMapper.SetUpDevice failed to get CSI client: "),
            (_, true) => ("MountVolume.SetUp", "mounter.SetUpAt failed to get CSI client: "),
            _ => ("MountVolume.MountDevice", "attacher.MountDevice failed to create newCsiDriverClient: "),
        };
        return $"{step} failed for volume \"{known.SpecName}\" : kubernetes.io/csi: {words}"
            + CsiDrivers.NotFound(known.Driver);
    }

    /// <summary>How a volume is attached, or why it is not, and whether that is for want of room.</summary>
    private async Task<(ApiMap<string> Attachment, string? Error, bool IsFull)> AttachmentAsync(
        CsiVolume known, CancellationToken cancellationToken)
    {
        string name = known.AttachmentName;
        ApiResult<VolumeAttachment> read =
            await _context.Client.GetAsync<VolumeAttachment>("", name, cancellationToken);
        if (!read.TryGet(out VolumeAttachment? attachment, out Status? error))
        {
            return (default, $"MountVolume.WaitForAttach failed for volume \"{known.SpecName}\" : volume "
                + $"{known.Handle} has GET error for volume attachment {name}: {error.Message}", false);
        }

        return attachment.Status.Attached
            ? (attachment.Status.AttachmentMetadata, null, false)
            : (default, $"MountVolume.WaitForAttach failed for volume \"{known.SpecName}\" : volume attachment {name} "
                + "is not attached" + (attachment.Status.AttachError is { } why ? ": " + why.Message : ""),
                attachment.Status.AttachError?.ErrorCode == (int)RpcStatusCode.ResourceExhausted);
    }

    private async Task<string?> StageAsync(
        PodVolume volume,
        CsiVolume known,
        CsiDriver driver,
        ApiMap<string> attachment,
        CancellationToken cancellationToken)
    {
        string target = _paths.Staged(known, volume.IsBlock);
        CSIPersistentVolumeSource source = volume.Persistent!.Spec.PersistentVolumeSource.Csi!;
        NodeStageVolumeRequest request = new()
        {
            VolumeId = known.Handle,
            StagingTargetPath = target,
            VolumeCapability = await CsiRequests.CapabilityAsync(volume, driver, cancellationToken),
        };
        if (await _requests.AddSecretAsync(request.Secrets, source.NodeStageSecretRef, cancellationToken) is { } error)
        {
            return error;
        }

        CsiRequests.Add(request.PublishContext, attachment);
        CsiRequests.Add(request.VolumeContext, source.VolumeAttributes);
        known.Write(volume.IsBlock ? _paths.DeviceData(known.SpecName) : Path.GetDirectoryName(target)!);
        Directory.CreateDirectory(target);
        try
        {
            await driver.CallAsync(CsiMethods.Stage, request, cancellationToken);
            return null;
        }
        catch (RpcException exception)
        {
            return exception.Message;
        }
    }

    private async Task<string?> PublishAsync(
        PodVolume volume,
        CsiVolume known,
        CsiDriver driver,
        CSIDriverSpec? spec,
        ApiMap<string> attachment,
        string staged,
        CancellationToken cancellationToken)
    {
        string target = PathOf(volume);
        CSIPersistentVolumeSource? source = volume.Persistent?.Spec.PersistentVolumeSource.Csi;
        NodePublishVolumeRequest request = new()
        {
            VolumeId = known.Handle,
            TargetPath = target,
            StagingTargetPath = staged,
            Readonly = CsiRequests.IsReadOnly(volume),
            VolumeCapability = await CsiRequests.CapabilityAsync(volume, driver, cancellationToken),
        };
        CsiRequests.Add(request.PublishContext, attachment);
        CsiRequests.Add(
            request.VolumeContext,
            source?.VolumeAttributes ?? volume.Source.Csi?.VolumeAttributes ?? ApiMap<string>.Empty);
        SecretReference? secret = source is not null
            ? source.NodePublishSecretRef
            : volume.Source.Csi?.NodePublishSecretRef is { } local
                ? new() { Name = local.Name, Namespace = volume.Pod.Metadata.Namespace }
                : null;
        if (await _requests.AddSecretAsync(request.Secrets, secret, cancellationToken) is { } error
            || (error = await _requests.AddPodAsync(request, volume, spec, cancellationToken)) is not null)
        {
            return error;
        }

        // Drivers make the target itself; what is above it must be there, and what must be known to end it.
        known.Write(_paths.Data(volume));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await driver.CallAsync(CsiMethods.Publish, request, cancellationToken);
        if (!volume.IsBlock && await AppliesGroupAsync(volume, driver, spec, cancellationToken))
        {
            await FileOwnership.GiveToGroupAsync(target, volume, _context.Clock, _events);
        }

        return null;
    }

    private static async ValueTask<bool> AppliesGroupAsync(
        PodVolume volume, CsiDriver driver, CSIDriverSpec? spec, CancellationToken cancellationToken)
    {
        if (volume.FsGroup is null
            || CsiRequests.IsReadOnly(volume)
            || await driver.CanAsync(RpcType.VolumeMountGroup, cancellationToken))
        {
            return false;
        }

        return spec?.FsGroupPolicy switch
        {
            FSGroupPolicy.None => false,
            FSGroupPolicy.File => true,
            _ => CsiRequests.FilesystemOf(volume).Length > 0
                && volume.Persistent?.Spec.AccessModes.Any(static one => one
                    is PersistentVolumeAccessMode.ReadWriteOnce or PersistentVolumeAccessMode.ReadWriteOncePod) == true,
        };
    }

    /// <summary>Unstages a volume that no pod of the node has any more.</summary>
    private async Task UnstageAsync(
        CsiVolume known, CsiDriver driver, bool isBlock, CancellationToken cancellationToken)
    {
        string staged = _paths.Staged(known, isBlock);
        string publishedFor = Path.GetDirectoryName(_paths.PublishedDevice(known.SpecName, "any"))!;
        bool isUsed = isBlock
            ? Directory.Exists(publishedFor) && Directory.EnumerateFileSystemEntries(publishedFor).Any()
            : _paths.AllData().Any(one =>
                CsiVolume.Read(one) is { } other && other.Driver == known.Driver && other.Handle == known.Handle);
        if (isUsed || known.IsEphemeral)
        {
            return;
        }

        if (Directory.Exists(staged))
        {
            await driver.CallAsync(
                CsiMethods.Unstage,
                new NodeUnstageVolumeRequest { VolumeId = known.Handle, StagingTargetPath = staged },
                cancellationToken);
            Remove(staged);
        }

        string data = isBlock ? _paths.DeviceData(known.SpecName) : Path.GetDirectoryName(staged)!;
        File.Delete(Path.Combine(data, CsiVolume.FileName));
        LinuxCalls.RemoveDirectory(data);
        if (isBlock)
        {
            LinuxCalls.RemoveDirectory(publishedFor);
            LinuxCalls.RemoveDirectory(Path.GetDirectoryName(data)!);
        }
    }

    /// <summary>
    /// Removes what a driver left behind: a mount, an empty directory, the file a device was mounted on.
    /// </summary>
    private void Remove(string target)
    {
        if (_mounts.List().Any(one => one.Path == target))
        {
            _mounts.Unmount(target);
        }

        if (Directory.Exists(target))
        {
            LinuxCalls.RemoveDirectory(target);
        }
        else
        {
            File.Delete(target);
        }
    }
}
