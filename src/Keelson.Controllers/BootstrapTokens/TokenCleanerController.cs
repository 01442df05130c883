using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;

namespace Keelson.Controllers.BootstrapTokens;

/// <summary>Deletes bootstrap tokens that are over.</summary>
internal sealed class TokenCleanerController : IController
{
    private readonly ControllerContext _context;
    private readonly IInformer<Secret> _secrets;
    private readonly ReconcileLoop _loop;

    public TokenCleanerController(ControllerContext context)
    {
        _context = context;
        _secrets = context.Informers.Of<Secret>();
        _loop = context.Loop(1, ReconcileAsync)
            .On(_secrets, static (_, now) => now is not null && BootstrapToken.Is(now) ? [ObjectKey.Of(now)] : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_secrets.Find(key.Namespace, key.Name) is not { } secret
            || !BootstrapToken.Is(secret)
            || BootstrapToken.Remaining(secret, _context.Clock.GetUtcNow()) is not { } left)
        {
            return Reconciled.Done;
        }

        return left > TimeSpan.Zero
            ? Reconciled.Again(left)
            : Reconciled.Of(await client.DeleteAsync(secret, cancellationToken));
    }
}
