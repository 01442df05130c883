using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Services;
using ServiceEndpoints = Keelson.Api.Core.V1.Endpoints;

namespace Keelson.Controllers.Endpoints;

/// <summary>Lists the pods behind services in endpoints, for those who do not read endpoint slices yet.</summary>
internal sealed class EndpointsController : IController
{
    private const int Workers = 5;

    /// <summary>The annotation of endpoints that are locks of an election rather than a service's.</summary>
    private const string ElectionRecord = "control-plane.alpha.kubernetes.io/leader";

    private readonly ControllerContext _context;
    private readonly IInformer<Service> _services;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<ServiceEndpoints> _endpoints;
    private readonly ReconcileLoop _loop;

    public EndpointsController(ControllerContext context)
    {
        _context = context;
        _services = context.Informers.Of<Service>();
        _pods = context.Informers.Of<Pod>();
        _endpoints = context.Informers.Of<ServiceEndpoints>();
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_services)
            .On(_pods, (old, now) => ServiceTargets.KeysOf(_services, old, now))
            .On(_endpoints, static (old, now) => now is null && old is not null ? [ObjectKey.Of(old)] : []);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_endpoints.Synced, _services.Synced).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        // Services may have gone while nobody looked.
        foreach (ServiceEndpoints one in _endpoints.List())
        {
            if (!one.Metadata.Annotations.ContainsKey(ElectionRecord))
            {
                _loop.Add(ObjectKey.Of(one));
            }
        }

        await _loop.RunAsync(cancellationToken);
    }

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        ServiceEndpoints? stored = _endpoints.Find(key.Namespace, key.Name);
        if (_services.Find(key.Namespace, key.Name) is not { } service)
        {
            return Reconciled.Of(stored is null ? null : await client.DeleteAsync(stored, cancellationToken));
        }

        if (service.Spec.Type == "ExternalName" || service.Spec.Selector.Count == 0)
        {
            // Somebody else says what is behind such a service.
            return Reconciled.Done;
        }

        Pod[] pods = [.. _pods.List(key.Namespace).Where(pod => ServiceTargets.Selects(service, pod.Metadata.Labels))];
        EndpointsPlan plan = EndpointsPlan.Compute(service, pods, stored);
        if (plan.Wanted is not { } wanted)
        {
            return Reconciled.Done;
        }

        ApiResult<ServiceEndpoints> written = plan.IsNew
            ? await client.CreateAsync(wanted, cancellationToken)
            : await client.UpdateAsync(wanted, cancellationToken);
        if (written.Error is not { } failed || PodWrites.IsNamespaceEnding(failed))
        {
            return Reconciled.Done;
        }

        if (plan.IsNew)
        {
            _context.Events.Warning(
                wanted, "FailedToCreateEndpoint", $"Failed to create endpoint for service {key}: {failed.Message}");
        }
        else
        {
            _context.Events.Warning(
                wanted, "FailedToUpdateEndpoint", $"Failed to update endpoint {key}: {failed.Message}");
        }

        return Reconciled.Failed(failed);
    }
}
