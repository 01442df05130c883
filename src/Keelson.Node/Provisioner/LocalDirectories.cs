using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Provisioner;

/// <summary>What sees to a node's directories works with.</summary>
public sealed record LocalDirectoriesConfig
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where the volumes' directories are; absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>The API under the node's identity.</summary>
    public required IApiClient Client { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where failures are told that nobody else hears of.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>
/// The node's part of local storage: makes the directories of volumes that are on it, removes those of released ones,
/// and tells so (<see cref="LocalStorageNotes"/>). Volumes themselves are the control plane's to make and delete.
/// </summary>
public sealed class LocalDirectories : IAsyncDisposable
{
    private static readonly TimeSpan NoteAgain = TimeSpan.FromSeconds(10);

    private readonly LocalDirectoriesConfig _config;
    private readonly IInformer<PersistentVolume> _volumes;
    private readonly IInformer<Node> _nodes;
    private readonly EventRecorder _events;
    private readonly ReconcileLoop _volumeLoop;
    private readonly ReconcileLoop _nodeLoop;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    internal LocalDirectories(IInformers informers, LocalDirectoriesConfig config)
    {
        _config = config;
        _volumes = informers.Of<PersistentVolume>();
        _nodes = informers.Of<Node>();
        _events = new(
            config.Client, $"{LocalStorageClass.Provisioner}_{config.NodeName}", config.NodeName, config.Clock);
        _volumeLoop = new ReconcileLoop(LoopConfig("local-directories"), config.Client, LookAtVolumeAsync)
            .On(_volumes).Reads(_nodes);
        _nodeLoop = new ReconcileLoop(LoopConfig("local-storage-notes"), config.Client, LookAtNodeAsync)
            .On(_nodes).Reads(_volumes);
    }

    /// <summary>Starts.</summary>
    /// <param name="informers">Volumes and nodes.</param>
    /// <param name="config">Which node, and where.</param>
    public static LocalDirectories Start(IInformers informers, LocalDirectoriesConfig config)
    {
        LocalDirectories made = new(informers, config);
        made._running = Task.WhenAll(
            made._volumeLoop.RunAsync(made._stop.Token), made._nodeLoop.RunAsync(made._stop.Token));
        return made;
    }

    /// <summary>Ends; directories stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _volumeLoop.Dispose();
        _nodeLoop.Dispose();
        await _events.DisposeAsync();
        _turn.Dispose();
        _stop.Dispose();
    }

    /// <summary>Makes the directory of a volume, or removes it.</summary>
    internal async Task<Reconciled> LookAtVolumeAsync(
        ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_volumes.Find("", key.Name) is not { } volume)
        {
            return Reconciled.Done;
        }

        if (_nodes.Find("", _config.NodeName) is not { } node)
        {
            // A node that joins comes a moment later than what watches it.
            return Reconciled.Again(NoteAgain);
        }

        if (!LocalStorageNotes.IsOn(volume, node, _config.Directory))
        {
            return Reconciled.Done;
        }

        string path = volume.Spec.PersistentVolumeSource.Local!.Path;
        try
        {
            if (!LocalStorageNotes.IsToGo(volume))
            {
                Make(path);
                return Reconciled.Done;
            }

            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string reason = LocalStorageNotes.IsToGo(volume) ? "VolumeFailedDelete" : "ProvisioningFailed";
            _events.Warning(volume, reason, exception.Message);
            return Reconciled.Failed(ApiErrors.Unclassified(exception.Message));
        }

        return Reconciled.Of(await NoteAsync(node, volume.Metadata.Name, client, cancellationToken));
    }

    /// <summary>Says where directories are, and no longer says of volumes that are gone that they are.</summary>
    internal async Task<Reconciled> LookAtNodeAsync(
        ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (key.Name != _config.NodeName || _nodes.Find("", key.Name) is not { } node)
        {
            return Reconciled.Done;
        }

        bool isCurrent = LocalStorageNotes.DirectoryOf(node) == _config.Directory
            && LocalStorageNotes.RemovedOf(node).All(IsThere);
        return isCurrent
            ? LocalStorageNotes.RemovedOf(node).Count > 0 ? Reconciled.Again(NoteAgain) : Reconciled.Done
            : Reconciled.Of(await NoteAsync(node, null, client, cancellationToken));
    }

    /// <summary>Makes a volume's directory, for whoever the containers run as.</summary>
    internal static void Make(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            FileOwnership.SetMode(path, 0x1ff); // 0777
        }
    }

    private bool IsThere(string volume) => _volumes.Find("", volume) is not null;

    private async Task<Status?> NoteAsync(
        Node node, string? removed, IApiClient client, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // The node as it is known here may lack what was noted a moment ago.
            _removed.UnionWith(LocalStorageNotes.RemovedOf(_nodes.Find("", _config.NodeName) ?? node));
            if (removed is not null)
            {
                _removed.Add(removed);
            }

            _removed.RemoveWhere(one => !IsThere(one));
            string[] all = [.. _removed.Order(StringComparer.Ordinal)];
            JsonObject notes = new()
            {
                [LocalStorageNotes.Directory] = _config.Directory,
                [LocalStorageNotes.Removed] = all.Length > 0 ? string.Join(',', all) : null,
            };
            JsonObject patch = new() { ["metadata"] = new JsonObject { ["annotations"] = notes } };
            return (await client.PatchAsync<Node>("", _config.NodeName, patch, cancellationToken)).Error;
        }
        finally
        {
            _turn.Release();
        }
    }

    private ReconcileLoopConfig LoopConfig(string name) =>
        new() { Name = name, Workers = 1, Clock = _config.Clock, Log = _config.Log };
}
