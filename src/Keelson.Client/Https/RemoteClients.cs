using System.Collections.Concurrent;
using Keelson.Api.Authentication.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Kubeconfigs;

namespace Keelson.Client.Https;

/// <summary>
/// Clients for a server elsewhere: one identity for all, or a service account's for each controller
/// (<c>--use-service-account-credentials</c>), with tokens that the process's own identity asks for.
/// </summary>
public sealed class RemoteClients : IApiClients, IDisposable
{
    private readonly KubeconfigCluster _cluster;
    private readonly HttpsClientConfig _config;
    private readonly bool _ownAccounts;
    private readonly HttpsApiClient _root;
    private readonly ConcurrentDictionary<string, Lazy<HttpsApiClient>> _byAccount = new(StringComparer.Ordinal);

    /// <summary>Clients for the current context of a kubeconfig.</summary>
    /// <exception cref="KubeconfigException">It can't be used.</exception>
    public RemoteClients(Kubeconfig kubeconfig, HttpsClientConfig config, bool useServiceAccounts)
    {
        (_, _cluster, KubeconfigUser user) = kubeconfig.Select();
        (_config, _ownAccounts) = (config, useServiceAccounts);
        _root = new(_cluster, user, config);
    }

    /// <inheritdoc/>
    public IApiClient ForController(string serviceAccount) => serviceAccount.Length == 0 || !_ownAccounts
        ? _root
        : _byAccount.GetOrAdd(serviceAccount, name => new(() => new HttpsApiClient(
            _cluster,
            new KubeconfigUser(),
            _config with { Tokens = new AccountToken(_root, name, _config.Clock) }))).Value;

    /// <inheritdoc/>
    public IApiClient ForNode(string nodeName) => _root;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<HttpsApiClient> one in _byAccount.Values)
        {
            one.Value.Dispose();
        }

        _root.Dispose();
    }
}

/// <summary>Tokens of an account in kube-system, asked for when there is none or four fifths of its time are over.
/// The account is created when it is not there.</summary>
internal sealed class AccountToken(IApiClient root, string account, TimeProvider clock) : ITokenSource
{
    private const string Home = "kube-system";

    // A bit more than an hour: then the server does not stretch it to a year.
    private const long Lifetime = 3607;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private string _token = "";
    private DateTimeOffset _renewAt;

    public async ValueTask<string> TokenAsync(CancellationToken cancellationToken)
    {
        if (IsGood)
        {
            return _token;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (IsGood)
            {
                return _token;
            }

            ApiResult<IObject> made = await RequestAsync(cancellationToken);
            if (made.Error is { Code: 404 })
            {
                ServiceAccount missing =
                    new() { Metadata = ObjectMeta.Empty with { Name = account, Namespace = Home } };
                await root.CreateAsync(missing, cancellationToken);
                made = await RequestAsync(cancellationToken);
            }

            if (!made.TryGet(out IObject? obj, out Status? error) || obj is not TokenRequest { Status: { } status })
            {
                throw new TokenException($"no token for {Home}/{account}: {error?.Message}");
            }

            DateTimeOffset now = clock.GetUtcNow();
            _renewAt = now + ((status.ExpirationTimestamp.Instant - now) * 0.8);
            return _token = status.Token;
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool IsGood => _token.Length > 0 && clock.GetUtcNow() < _renewAt;

    private ValueTask<ApiResult<IObject>> RequestAsync(CancellationToken cancellationToken) => root.CreateAsync(
        new(KindOf<ServiceAccount>.Kind, Home, account, "token"),
        new TokenRequest { Spec = TokenRequestSpec.Empty with { ExpirationSeconds = Lifetime } },
        WriteRequest.Default,
        cancellationToken);
}
