using System.Text;
using Keelson.Server.Http;
using Keelson.Server.Metrics;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Health;

/// <summary>
/// Serves /healthz, /livez, /readyz and each check below them. With <c>verbose</c> every check is told of;
/// <c>exclude</c> leaves some out. Why a check failed is not told to clients but for a check's own path.
/// </summary>
/// <param name="checks">The checks.</param>
/// <param name="metrics">Told of each result.</param>
/// <param name="failed">Told why an endpoint failed: its name, then lines of checks and reasons, for the log.</param>
internal sealed class HealthEndpoint(HealthChecks checks, HealthMetrics metrics, Action<string, string>? failed = null)
    : IPathEndpoint
{
    private static readonly Dictionary<string, (HealthEndpoints Endpoint, string? Check)> Paths = MakePaths();

    /// <inheritdoc/>
    public bool Serves(string path) => Paths.ContainsKey(path);

    /// <inheritdoc/>
    public Task ServeAsync(HttpContext http)
    {
        (HealthEndpoints endpoint, string? check) = Paths[http.Request.Path.Value ?? ""];
        return check is null ? ServeAllAsync(http, endpoint) : ServeOneAsync(http, endpoint, check);
    }

    private async Task ServeOneAsync(HttpContext http, HealthEndpoints endpoint, string check)
    {
        string? failure = await RunAsync(endpoint, check, http.RequestAborted);
        await (failure is null
            ? PlainAnswer.TextAsync(http, "ok")
            : PlainAnswer.ErrorAsync(
                http, StatusCodes.Status500InternalServerError, $"internal server error: {failure}\n"));
    }

    private async Task ServeAllAsync(HttpContext http, HealthEndpoints endpoint)
    {
        string name = HealthCheckTable.NameOf(endpoint);
        HashSet<string> excluded = new(http.Request.Query["exclude"].Select(one => one ?? ""), StringComparer.Ordinal);
        StringBuilder lines = new();
        StringBuilder reasons = new();
        foreach (string check in HealthChecks.Names(endpoint))
        {
            if (excluded.Remove(check))
            {
                lines.Append($"[+]{check} excluded: ok\n");
                continue;
            }

            string? failure = await RunAsync(endpoint, check, http.RequestAborted);
            lines.Append(failure is null ? $"[+]{check} ok\n" : $"[-]{check} failed: reason withheld\n");
            if (failure is not null)
            {
                reasons.Append($"[-]{check} failed: {failure}\n");
            }
        }

        if (excluded.Count > 0)
        {
            string names = string.Join(',', excluded.Order(StringComparer.Ordinal).Select(one => $"\"{one}\""));
            lines.Append($"warn: some health checks cannot be excluded: no matches for {names}\n");
        }

        if (reasons.Length > 0)
        {
            failed?.Invoke(name, reasons.ToString());
            await PlainAnswer.ErrorAsync(
                http, StatusCodes.Status500InternalServerError, $"{lines}{name} check failed\n");
            return;
        }

        await PlainAnswer.TextAsync(
            http, http.Request.Query.ContainsKey("verbose") ? $"{lines}{name} check passed\n" : "ok");
    }

    private async ValueTask<string?> RunAsync(HealthEndpoints endpoint, string check, CancellationToken cancellation)
    {
        string? failure = await checks.RunAsync(check, cancellation);
        failure = failure is not null && checks.Forgives(endpoint, check) ? null : failure;
        metrics.Checked(check, HealthCheckTable.NameOf(endpoint), failure is null);
        return failure;
    }

    private static Dictionary<string, (HealthEndpoints Endpoint, string? Check)> MakePaths()
    {
        Dictionary<string, (HealthEndpoints Endpoint, string? Check)> paths = new(StringComparer.Ordinal);
        foreach (HealthEndpoints endpoint in (
            HealthEndpoints[])[HealthEndpoints.Healthz, HealthEndpoints.Livez, HealthEndpoints.Readyz])
        {
            string root = "/" + HealthCheckTable.NameOf(endpoint);
            paths[root] = (endpoint, null);
            foreach (string name in HealthChecks.Names(endpoint))
            {
                paths[root + "/" + name] = (endpoint, name);
            }
        }

        return paths;
    }
}
