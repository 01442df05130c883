using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Provisioner;

/// <summary>
/// Gives claims of its class directories of this node, and takes them back (<see cref="LocalStorageClass"/>).
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
            .On(_claims).Reads(_volumes).Reads(_classes).Reads(_nodes);
        _volumeLoop = new ReconcileLoop(LoopConfig("local-provisioner-volumes"), config.Client, ReclaimAsync)
            .On(_volumes).Reads(_nodes);
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

    /// <summary>Looks at a claim.</summary>
    internal async Task<Reconciled> ProvisionAsync(
        ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_claims.Find(key.Namespace, key.Name) is not { } claim || Surroundings() is not { } known)
        {
            return Reconciled.Done;
        }

        switch (ProvisioningPlan.For(claim, known))
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
        if (_volumes.Find("", key.Name) is not { } volume
            || Surroundings() is not { } known
            || ProvisioningPlan.For(volume, known) is not ProvisioningPlan.Delete plan)
        {
            return Reconciled.Done;
        }

        try
        {
            if (Directory.Exists(plan.Path))
            {
                Directory.Delete(plan.Path, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _config.Events.Warning(volume, "VolumeFailedDelete", exception.Message);
            return Reconciled.Failed(Api.Kinds.ApiErrors.Unclassified(exception.Message));
        }

        return Reconciled.Of(await client.DeleteAsync(volume, cancellationToken));
    }

    private ReconcileLoopConfig LoopConfig(string name) =>
        new() { Name = name, Workers = 2, Clock = _config.Clock, Log = _config.Log };

    private ProvisioningSurroundings? Surroundings() => _nodes.Find("", _config.NodeName) is not { } node
        ? null
        : new(
            node,
            _config.Directory,
            name => _classes.Find("", name),
            name => _volumes.Find("", name),
            _nodes.List().All(one => string.CompareOrdinal(node.Metadata.Name, one.Metadata.Name) <= 0));

    private async Task<Reconciled> ProvisionAsync(
        PersistentVolumeClaim claim, PersistentVolume volume, IApiClient client, CancellationToken cancellationToken)
    {
        string name = $"\"{claim.Metadata.Namespace}/{claim.Metadata.Name}\"";
        _config.Events.Normal(
            claim, "Provisioning", $"External provisioner is provisioning volume for claim {name}");
        try
        {
            string path = volume.Spec.PersistentVolumeSource.Local!.Path;
            Directory.CreateDirectory(path);
            FileOwnership.SetMode(path, 0x1ff); // 0777: whoever the pod's containers run as.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string message = $"failed to provision volume with StorageClass \"{volume.Spec.StorageClassName}\": "
                + exception.Message;
            _config.Events.Warning(claim, "ProvisioningFailed", message);
            return Reconciled.Failed(Api.Kinds.ApiErrors.Unclassified(message));
        }

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
