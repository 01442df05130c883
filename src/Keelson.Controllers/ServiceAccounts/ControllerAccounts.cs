using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;

namespace Keelson.Controllers.ServiceAccounts;

/// <summary>The accounts that controllers act as (<c>--use-service-account-credentials</c>), created when they are not
/// there.</summary>
internal static class ControllerAccounts
{
    private const string Home = "kube-system";

    /// <summary>Creates accounts.</summary>
    /// <param name="root">The identity of the controller manager itself.</param>
    /// <param name="names">The accounts' names.</param>
    /// <param name="log">Where failures are told.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task EnsureAsync(
        IApiClient root, IEnumerable<string> names, Action<string> log, CancellationToken cancellationToken)
    {
        try
        {
            foreach (string name in names)
            {
                ApiResult<ServiceAccount> read = await root.GetAsync<ServiceAccount>(Home, name, cancellationToken);
                Status? error = read.Error is { Code: 404 }
                    ? (await root.CreateAsync(
                        new ServiceAccount { Metadata = ObjectMeta.Empty with { Name = name, Namespace = Home } }, cancellationToken)).Error
                    : read.Error;
                if (error is { Reason: not "AlreadyExists" })
                {
                    log($"service account {Home}/{name}: {error.Message}");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }
}
