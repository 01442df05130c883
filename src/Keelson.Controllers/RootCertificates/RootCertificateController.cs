using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Namespaces;

namespace Keelson.Controllers.RootCertificates;

/// <summary>Keeps the authority by which pods know the API server in every namespace.</summary>
internal sealed class RootCertificateController : IController
{
    private readonly ControllerContext _context;
    private readonly IInformer<Namespace> _namespaces;
    private readonly IInformer<ConfigMap> _maps;
    private readonly ReconcileLoop _loop;

    public RootCertificateController(ControllerContext context)
    {
        _context = context;
        _namespaces = context.Informers.Of<Namespace>();
        _maps = context.Informers.Of<ConfigMap>();
        _loop = context.Loop(1, ReconcileAsync).On(_namespaces).On(
            _maps,
            static (old, now) => (now ?? old)!.Metadata is { Name: RootCertificatePlan.Name } meta ? [new("", meta.Namespace)] : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_namespaces.Find("", key.Name) is not { Status.Phase: NamespacePhase.Active })
        {
            return Reconciled.Done;
        }

        ConfigMap? current = _maps.Find(key.Name, RootCertificatePlan.Name);
        if (RootCertificatePlan.Compute(current, key.Name, _context.Config.RootAuthorityPem()) is not { } wanted)
        {
            return Reconciled.Done;
        }

        Status? error = current is null
            ? (await client.CreateAsync(wanted, cancellationToken)).Error
            : (await client.UpdateAsync(wanted, cancellationToken)).Error;
        return Reconciled.Of(Furnishing.Problem(error));
    }
}
