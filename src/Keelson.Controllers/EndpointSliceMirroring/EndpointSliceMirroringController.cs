using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.EndpointSlices;
using Keelson.Controllers.Pods;
using ServiceEndpoints = Keelson.Api.Core.V1.Endpoints;

namespace Keelson.Controllers.EndpointSliceMirroring;

/// <summary>Copies endpoints that somebody wrote for a service without a selector into endpoint slices.</summary>
internal sealed class EndpointSliceMirroringController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<Service> _services;
    private readonly IInformer<ServiceEndpoints> _endpoints;
    private readonly IInformerIndex<EndpointSlice> _slices;
    private readonly ReconcileLoop _loop;

    public EndpointSliceMirroringController(ControllerContext context)
    {
        _context = context;
        _services = context.Informers.Of<Service>();
        _endpoints = context.Informers.Of<ServiceEndpoints>();
        IInformer<EndpointSlice> slices = context.Informers.Of<EndpointSlice>();
        _slices = slices.Index(
            "mirrored", static slice => IsOurs(slice) ? [KeyOf(slice).ToString()] : Array.Empty<string>());
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_endpoints, static (old, now) => KeysOf(old, now))
            .On(_services)
            .On(
                slices,
                static (old, now) => new[] { old, now }.Where(IsOurs).Select(static one => KeyOf(one!)).Distinct());
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    /// <summary>Only endpoints that are mirrored, or were before, matter.</summary>
    private static IEnumerable<ObjectKey> KeysOf(ServiceEndpoints? old, ServiceEndpoints? now)
    {
        bool matters = (old is not null && EndpointSliceMirrorPlan.IsMirrored(old))
            || (now is not null && EndpointSliceMirrorPlan.IsMirrored(now));
        return matters ? [ObjectKey.Of((now ?? old)!)] : [];
    }

    private static bool IsOurs(EndpointSlice? slice) =>
        slice?.Metadata.Labels.GetValueOrDefault(SliceLabels.ManagedBy) == EndpointSliceMirrorPlan.Controller;

    private static ObjectKey KeyOf(EndpointSlice slice) =>
        new(slice.Metadata.Namespace, slice.Metadata.Labels.GetValueOrDefault(SliceLabels.Service) ?? "");

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        ServiceEndpoints? endpoints = _endpoints.Find(key.Namespace, key.Name);
        EndpointSliceMirrorPlan plan = EndpointSliceMirrorPlan.Compute(
            _services.Find(key.Namespace, key.Name), endpoints, [.. _slices.Find(key.ToString())]);
        foreach ((string reason, string message) in plan.Warnings)
        {
            _context.Events.Warning(endpoints!, reason, message);
        }

        Status? failed = null;
        foreach (EndpointSlice one in plan.Create)
        {
            failed ??= (await client.CreateAsync(one, cancellationToken)).Error;
        }

        foreach (EndpointSlice one in plan.Update)
        {
            failed ??= (await client.UpdateAsync(one, cancellationToken)).Error;
        }

        foreach (EndpointSlice one in plan.Delete)
        {
            failed ??= await client.DeleteAsync(one, cancellationToken);
        }

        return failed is null || PodWrites.IsNamespaceEnding(failed) ? Reconciled.Done : Reconciled.Failed(failed);
    }
}
