using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.BootstrapTokens;

/// <summary>Keeps the signatures of bootstrap tokens under <c>kube-public/cluster-info</c>.</summary>
internal sealed class BootstrapSignerController : IController
{
    private static readonly ObjectKey Info = new(BootstrapSignerPlan.Namespace, BootstrapSignerPlan.Name);

    private readonly ControllerContext _context;
    private readonly IInformer<Secret> _secrets;
    private readonly IInformer<ConfigMap> _maps;
    private readonly ReconcileLoop _loop;

    public BootstrapSignerController(ControllerContext context)
    {
        _context = context;
        _secrets = context.Informers.Of<Secret>();
        _maps = context.Informers.Of<ConfigMap>();
        _loop = context.Loop(1, ReconcileAsync)
            .On(_maps, static (old, now) => ObjectKey.Of((now ?? old)!) == Info ? [Info] : [])
            .On(_secrets, static (old, now) => BootstrapToken.Is((now ?? old)!) ? [Info] : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_maps.Find(key.Namespace, key.Name) is not { } map)
        {
            return Reconciled.Done;
        }

        DateTimeOffset now = _context.Clock.GetUtcNow();
        (string Id, string Key)[] tokens =
            [.. _secrets.List(BootstrapToken.Namespace).Select(one => BootstrapToken.Signing(one, now)).OfType<(string, string)>()];
        if (BootstrapSignerPlan.Compute(map, tokens) is not { } signed)
        {
            return Reconciled.Done;
        }

        Status? error = (await client.UpdateAsync(signed, cancellationToken)).Error;
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }
}
