using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Pods;
using Keelson.Controllers.Services;

namespace Keelson.Controllers.EndpointSlices;

/// <summary>Lists the pods behind services in endpoint slices.</summary>
internal sealed class EndpointSliceController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<Service> _services;
    private readonly IInformer<Pod> _pods;
    private readonly IInformer<Node> _nodes;
    private readonly IInformerIndex<EndpointSlice> _slices;
    private readonly ReconcileLoop _loop;

    public EndpointSliceController(ControllerContext context)
    {
        _context = context;
        _services = context.Informers.Of<Service>();
        _pods = context.Informers.Of<Pod>();
        _nodes = context.Informers.Of<Node>();
        IInformer<EndpointSlice> slices = context.Informers.Of<EndpointSlice>();
        _slices = slices.Index("service", static slice => [KeyOf(slice).ToString()]);
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_services)
            .On(
                slices,
                static (old, now) => new[] { old, now }.Where(IsOurs).Select(static one => KeyOf(one!)).Distinct())
            .On(_pods, (old, now) => ServiceTargets.KeysOf(_services, old, now))
            .On(_nodes, KeysOf);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private static bool IsOurs(EndpointSlice? slice) =>
        slice?.Metadata.Labels.GetValueOrDefault(SliceLabels.ManagedBy) == SliceLabels.Controller;

    private static ObjectKey KeyOf(EndpointSlice slice) =>
        new(slice.Metadata.Namespace, slice.Metadata.Labels.GetValueOrDefault(SliceLabels.Service) ?? "");

    /// <summary>A node's zone shows in the endpoints on it.</summary>
    private IEnumerable<ObjectKey> KeysOf(Node? old, Node? now)
    {
        const string Zone = "topology.kubernetes.io/zone";
        string? before = old?.Metadata.Labels.GetValueOrDefault(Zone);
        string? after = now?.Metadata.Labels.GetValueOrDefault(Zone);
        return before == after ? [] : _services.List().Select(ObjectKey.Of);
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        Service? service = _services.Find(key.Namespace, key.Name);
        EndpointSlice[] slices = [.. _slices.Find(key.ToString()).Where(IsOurs)];
        if (service is null || service.Spec.Selector.Count == 0 || service.Spec.Type == "ExternalName")
        {
            // Without a selector somebody else says what is behind the service.
            bool isOver = service is null || service.Spec.Type == "ExternalName";
            return Reconciled.Of(isOver ? await DeleteAsync(slices, client, cancellationToken) : null);
        }

        if (service.Metadata.DeletionTimestamp is not null)
        {
            return Reconciled.Done;
        }

        Pod[] pods = [.. _pods.List(key.Namespace).Where(pod => ServiceTargets.Selects(service, pod.Metadata.Labels))];
        EndpointSlicePlan plan = EndpointSlicePlan.Compute(new(service, pods, slices, name => _nodes.Find("", name)));
        Status? failed = null;
        foreach (EndpointSlice one in plan.Create)
        {
            failed ??= (await client.CreateAsync(one, cancellationToken)).Error;
        }

        foreach (EndpointSlice one in plan.Update)
        {
            failed ??= (await client.UpdateAsync(one, cancellationToken)).Error;
        }

        failed ??= await DeleteAsync(plan.Delete, client, cancellationToken);
        if (failed is null || PodWrites.IsNamespaceEnding(failed))
        {
            return Reconciled.Done;
        }

        if (failed.Code is not (404 or 409))
        {
            _context.Events.Warning(
                service,
                "FailedToUpdateEndpointSlices",
                $"Error updating Endpoint Slices for Service {key}: {failed.Message}");
        }

        return Reconciled.Failed(failed);
    }

    private static async Task<Status?> DeleteAsync(
        IReadOnlyList<EndpointSlice> slices, IApiClient client, CancellationToken cancellationToken)
    {
        Status? failed = null;
        foreach (EndpointSlice one in slices)
        {
            failed ??= await client.DeleteAsync(one, cancellationToken);
        }

        return failed;
    }
}
