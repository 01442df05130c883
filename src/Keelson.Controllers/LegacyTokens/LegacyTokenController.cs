using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Controllers.ServiceAccountTokens;

namespace Keelson.Controllers.LegacyTokens;

/// <summary>Marks, and a year later deletes, tokens that were once made for every service account and that nobody
/// uses.</summary>
internal sealed class LegacyTokenController : IController
{
    private const string TrackingMap = "kube-apiserver-legacy-service-account-token-tracking";

    private static readonly TimeSpan Every = TimeSpan.FromHours(24);

    private readonly ControllerContext _context;
    private readonly IInformer<Secret> _secrets;
    private readonly IInformer<ServiceAccount> _accounts;
    private readonly IInformer<Pod> _pods;

    public LegacyTokenController(ControllerContext context)
    {
        _context = context;
        _secrets = context.Informers.Of<Secret>();
        _accounts = context.Informers.Of<ServiceAccount>();
        _pods = context.Informers.Of<Pod>();
    }

    public Task RunAsync(CancellationToken cancellationToken) => Rounds.RunAsync(
        _context, Every, [_secrets.Synced, _accounts.Synced, _pods.Synced], RoundAsync, cancellationToken);

    public void Dispose()
    {
    }

    private static bool Mounts(Pod pod, string secret) =>
        pod.Spec.Volumes.Any(one => one.VolumeSource.Secret?.SecretName == secret);

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _context.Clock.GetUtcNow();
        TimeSpan period = _context.Config.LegacyTokenCleanUpPeriod;
        ApiResult<ConfigMap> read = await _context.Client.GetAsync<ConfigMap>(
            "kube-system", TrackingMap, cancellationToken);
        if (!read.TryGet(out ConfigMap? tracking, out Status? error))
        {
            _context.Config.Log($"{_context.Name}: {error.Message}");
            return;
        }

        if (!LegacyTokenPlan.IsTrackedLongEnough(tracking.Data.GetValueOrDefault("since"), now, period))
        {
            return;
        }

        foreach (Secret secret in _secrets.List())
        {
            if (TokenSecretPlan.AccountOf(secret) is not { Length: > 0 } name)
            {
                continue;
            }

            ServiceAccount? account = _accounts.Find(secret.Metadata.Namespace, name);
            bool isMounted = _pods.List(secret.Metadata.Namespace).Any(pod => Mounts(pod, secret.Metadata.Name));
            LegacyTokenAction action = LegacyTokenPlan.Compute(
                secret, account is not null && TokenSecretPlan.IsFor(secret, account) ? account : null, isMounted, now, period);
            Status? refused = action switch
            {
                LegacyTokenAction.Invalidate => await InvalidateAsync(secret, now, cancellationToken),
                LegacyTokenAction.Delete => await _context.Client.DeleteAsync(secret, cancellationToken),
                _ => null,
            };
            if (refused is { Code: not (404 or 409) })
            {
                _context.Config.Log(
                    $"{_context.Name}: {secret.Metadata.Namespace}/{secret.Metadata.Name}: {refused.Message}");
            }
        }
    }

    private async Task<Status?> InvalidateAsync(Secret secret, DateTimeOffset now, CancellationToken cancellationToken)
    {
        JsonObject labels = new() { [LegacyTokenPlan.InvalidSince] = LegacyTokenPlan.Day(now) };
        JsonObject patch =
            new() { ["metadata"] = new JsonObject { ["uid"] = secret.Metadata.Uid, ["labels"] = labels } };
        return (await _context.Client.PatchAsync<Secret>(
            secret.Metadata.Namespace, secret.Metadata.Name, patch, cancellationToken, PatchType.Merge)).Error;
    }
}
