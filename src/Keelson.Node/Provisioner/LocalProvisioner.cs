using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Nodes.Provisioner;

/// <summary>
/// Gives claims of its class directories of the nodes their pods go to, and takes them back
/// (<see cref="LocalStorageClass"/>). It writes volumes; directories are the nodes' (<see cref="LocalDirectories"/>).
/// </summary>
internal sealed class LocalProvisioner : IDisposable
{
    private readonly LocalProvisionerConfig _config;
    private readonly IInformer<PersistentVolumeClaim> _claims;
    private readonly IInformer<PersistentVolume> _volumes;
    private readonly IInformer<StorageClass> _classes;
    private readonly IInformer<Node> _nodes;
    private readonly ReconcileLoop _claimLoop;
    private readonly ReconcileLoop _volumeLoop;

    /// <summary>A provisioner that does not run yet.</summary>
    public LocalProvisioner(LocalProvisionerConfig config)
    {
        _config = config;
        _claims = config.Informers.Of<PersistentVolumeClaim>();
        _volumes = config.Informers.Of<PersistentVolume>();
        _classes = config.Informers.Of<StorageClass>();
        _nodes = config.Informers.Of<Node>();
        _claimLoop = new ReconcileLoop(LoopConfig("local-provisioner-claims"), config.Client, ProvisionAsync)
            .On(_claims).On(_nodes, WaitingFor).Reads(_volumes).Reads(_classes);
        _volumeLoop = new ReconcileLoop(LoopConfig("local-provisioner-volumes"), config.Client, ReclaimAsync)
            .On(_volumes).On(_nodes, static (_, now) => RemovedOf(now));
    }

    /// <summary>Works until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_claimLoop.RunAsync(cancellationToken), _volumeLoop.RunAsync(cancellationToken));

    /// <inheritdoc/>
    public void Dispose()
    {
        _claimLoop.Dispose();
        _volumeLoop.Dispose();
    }

    /// <summary>The volumes whose directories a node has removed.</summary>
    private static IEnumerable<ObjectKey> RemovedOf(Node? node) => node is null
        ? []
        : LocalStorageNotes.RemovedOf(node).Select(static one => new ObjectKey("", one));

    /// <summary>The claims that a node may have something for, now that it says where.</summary>
    private IEnumerable<ObjectKey> WaitingFor(Node? old, Node? now)
    {
        bool isNews = now is not null && LocalStorageNotes.DirectoryOf(now) is { } path
            && (old is null || LocalStorageNotes.DirectoryOf(old) != path);
        return isNews ? _claims.List().Where(static one => one.Spec.VolumeName.Length == 0).Select(ObjectKey.Of) : [];
    }

    /// <summary>Looks at a claim.</summary>
    internal async Task<Reconciled> ProvisionAsync(
        ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_claims.Find(key.Namespace, key.Name) is not { } claim)
        {
            return Reconciled.Done;
        }

        switch (ProvisioningPlan.For(claim, Surroundings()))
        {
            case ProvisioningPlan.Provision plan:
                return await ProvisionAsync(claim, plan.Volume, client, cancellationToken);
            case ProvisioningPlan.Refuse plan:
                _config.Events.Warning(claim, "ProvisioningFailed", plan.Message);
                return Reconciled.Done;
            case ProvisioningPlan.Enlarge plan:
                return await EnlargeAsync(claim, plan, client, cancellationToken);
            default:
                return Reconciled.Done;
        }
    }

    /// <summary>Looks at a volume.</summary>
    internal async Task<Reconciled> ReclaimAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        // Its node tells when the directory is gone; a node that is away does so when it is back.
        return _volumes.Find("", key.Name) is { } volume && ProvisioningPlan.IsOver(volume, Surroundings())
            ? Reconciled.Of(await client.DeleteAsync(volume, cancellationToken))
            : Reconciled.Done;
    }

    private ReconcileLoopConfig LoopConfig(string name) =>
        new() { Name = name, Workers = 2, Clock = _config.Clock, Log = _config.Log };

    private ProvisioningSurroundings Surroundings() =>
        new([.. _nodes.List()], name => _classes.Find("", name), name => _volumes.Find("", name));

    private async Task<Reconciled> ProvisionAsync(
        PersistentVolumeClaim claim, PersistentVolume volume, IApiClient client, CancellationToken cancellationToken)
    {
        string name = $"\"{claim.Metadata.Namespace}/{claim.Metadata.Name}\"";
        _config.Events.Normal(
            claim, "Provisioning", $"External provisioner is provisioning volume for claim {name}");
        Status? error = (await client.CreateAsync(volume, cancellationToken)).Error;
        if (error is not null and not { Code: 409 })
        {
            return Reconciled.Failed(error);
        }

        _config.Events.Normal(
            claim, "ProvisioningSucceeded", "Successfully provisioned volume " + volume.Metadata.Name);
        return Reconciled.Done;
    }

    private async Task<Reconciled> EnlargeAsync(
        PersistentVolumeClaim claim,
        ProvisioningPlan.Enlarge plan,
        IApiClient client,
        CancellationToken cancellationToken)
    {
        string volume = plan.Volume.Metadata.Name;
        _config.Events.Normal(claim, "Resizing", "External resizer is resizing volume " + volume);
        JsonObject capacity = new() { ["storage"] = plan.Size.ToString() };
        if (plan.Volume.Spec.Capacity.GetValueOrDefault("storage") < plan.Size)
        {
            JsonObject patch = new() { ["spec"] = new JsonObject { ["capacity"] = capacity.DeepClone() } };
            Status? refused = (await client.PatchAsync<PersistentVolume>("", volume, patch, cancellationToken)).Error;
            if (refused is not null)
            {
                _config.Events.Warning(claim, "VolumeResizeFailed", refused.Message);
                return Reconciled.Failed(refused);
            }
        }

        JsonObject status = new() { ["status"] = new JsonObject { ["capacity"] = capacity } };
        Status? error = (await client.PatchAsync<PersistentVolumeClaim>(
            claim.Metadata.Namespace, claim.Metadata.Name, status, cancellationToken, subresource: "status")).Error;
        if (error is null)
        {
            _config.Events.Normal(claim, "VolumeResizeSuccessful", "Resize volume succeeded");
        }

        return Reconciled.Of(error);
    }
}
