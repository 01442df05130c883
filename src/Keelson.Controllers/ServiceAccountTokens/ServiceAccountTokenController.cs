using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ServiceAccountTokens;

/// <summary>
/// Fills secrets of type <c>kubernetes.io/service-account-token</c>, deletes those whose account is gone, and takes the
/// names of those that are gone off their account.
/// </summary>
internal sealed class ServiceAccountTokenController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<Secret> _secrets;
    private readonly IInformer<ServiceAccount> _accounts;
    private readonly IInformerIndex<Secret> _byAccount;
    private readonly ReconcileLoop _loop;
    private readonly ReconcileLoop _cleaner;

    public ServiceAccountTokenController(ControllerContext context)
    {
        _context = context;
        _secrets = context.Informers.Of<Secret>();
        _accounts = context.Informers.Of<ServiceAccount>();
        _byAccount = _secrets.Index("serviceAccount", static secret =>
            TokenSecretPlan.AccountOf(secret) is { Length: > 0 } name ? [secret.Metadata.Namespace + "/" + name] : []);
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_secrets, static (_, now) => now is not null && TokenSecretPlan.AccountOf(now).Length > 0 ? [ObjectKey.Of(now)] : [])
            .On(_accounts, (old, now) => _byAccount.Find(ObjectKey.Of((now ?? old)!).ToString()).Select(static one => ObjectKey.Of(one)));
        _cleaner = context.Loop(1, ForgetAsync)
            .Reads(_accounts)
            .On(_secrets, static (old, now) => now is null && TokenSecretPlan.AccountOf(old!).Length > 0
                ? [ObjectKey.Of(old!)]
                : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        _context.Config.LegacyToken is null
            ? Task.CompletedTask
            : Task.WhenAll(_loop.RunAsync(cancellationToken), _cleaner.RunAsync(cancellationToken));

    public void Dispose()
    {
        _loop.Dispose();
        _cleaner.Dispose();
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_secrets.Find(key.Namespace, key.Name) is not { } secret
            || secret.Metadata.DeletionTimestamp is not null
            || TokenSecretPlan.AccountOf(secret) is not { Length: > 0 } name)
        {
            return Reconciled.Done;
        }

        ServiceAccount? account = _accounts.Find(key.Namespace, name);
        string authority = _context.Config.RootAuthorityPem();
        TokenSecretPlan plan = TokenSecretPlan.Compute(secret, account, authority);
        if (plan.Action == TokenSecretAction.Delete)
        {
            // An account that was only just created is not taken for one that is gone.
            ApiResult<ServiceAccount> read = await client.GetAsync<ServiceAccount>(
                key.Namespace, name, cancellationToken);
            if (read.TryGet(out ServiceAccount? live, out Status? error) && TokenSecretPlan.IsFor(secret, live))
            {
                return Reconciled.Again(TimeSpan.FromMilliseconds(100));
            }

            return error is null or { Code: 404 }
                ? Reconciled.Of(await client.DeleteAsync(secret, cancellationToken))
                : Reconciled.Failed(error);
        }

        if (plan.Action == TokenSecretAction.Keep)
        {
            return Reconciled.Done;
        }

        string? token = plan.NeedsToken ? await _context.Config.LegacyToken!(account!, secret.Metadata.Name) : null;
        Status? refused = (await client.UpdateAsync(TokenSecretPlan.Fill(secret, account!, authority, token), cancellationToken)).Error;
        return Reconciled.Of(refused is { Code: 404 } ? null : refused);
    }

    /// <summary>Takes the name of a secret that is gone off its account.</summary>
    private async Task<Reconciled> ForgetAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_secrets.Find(key.Namespace, key.Name) is not null)
        {
            return Reconciled.Done;
        }

        foreach (ServiceAccount account in _accounts.List(key.Namespace))
        {
            ApiList<ObjectReference> kept = account.Secrets.Where(one => one.Name != key.Name).ToApiList();
            if (kept.Count == account.Secrets.Count)
            {
                continue;
            }

            Status? error = (await client.UpdateAsync(account with { Secrets = kept }, cancellationToken)).Error;
            if (error is { Code: not 404 })
            {
                return Reconciled.Failed(error);
            }
        }

        return Reconciled.Done;
    }
}
