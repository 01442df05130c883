using Keelson.Nodes.Server.Backends;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary>What is served where.</summary>
internal sealed class KubeletRoutes
{
    /// <summary>Serves a request of what is not served, for which nobody is asked who they are.</summary>
    /// <returns>False when something is served there.</returns>
    public static async Task<bool> TryRefuseAsync(HttpContext http, KubeletBackend node, string[] path)
    {
        switch (KubeletPaths.Of(path, node.ServesDebugging))
        {
            case ServedPath.None:
                await KubeletCall.ErrorAsync(http, "404 page not found", StatusCodes.Status404NotFound);
                return true;
            case ServedPath.Moved:
                http.Response.Headers.Location = http.Request.Path + "/" + http.Request.QueryString;
                await KubeletCall.AnswerAsync(
                    http,
                    StatusCodes.Status301MovedPermanently,
                    $"<a href=\"{http.Request.Path}/\">Moved Permanently</a>.\n\n",
                    "text/html; charset=utf-8");
                return true;
            default:
                return false;
        }
    }

    private readonly RequestCounts _requests = new();
    private readonly HealthEndpoint _health = new();
    private readonly StatusPages _pages;

    /// <summary>Nothing has been served yet.</summary>
    public KubeletRoutes(TimeProvider clock) => _pages = new(clock.GetUtcNow());

    /// <summary>Serves a request.</summary>
    public async Task ServeAsync(KubeletCall call)
    {
        long start = call.Clock.GetTimestamp();
        string counted = call.Path is ["metrics", var what, ..] ? "metrics/" + what : call.Path[0];
        _requests.Begin(call.Http.Request.Method, counted);
        try
        {
            await RouteAsync(call);
        }
        finally
        {
            _requests.Add(call.Http.Request.Method, counted, call.Clock.GetElapsedTime(start));
        }
    }

    private Task RouteAsync(KubeletCall call) => call.Path switch
    {
        _ when KubeletPaths.Of(call.Path, call.Node.ServesDebugging) == ServedPath.Disabled =>
            call.ErrorAsync("Debug endpoints are disabled.", StatusCodes.Status405MethodNotAllowed),
        ["healthz", ..] => Get(call, _health.ServeAsync),
        ["pods"] or ["pods", ""] => Get(call, PodEndpoints.PodsAsync),
        ["runningpods"] or ["runningpods", ""] => Get(call, PodEndpoints.RunningAsync),
        ["configz"] => Get(call, ConfigEndpoint.ServeAsync),
        ["stats", "summary"] => GetOrPost(call, StatsEndpoint.ServeAsync),
        ["metrics"] => Get(call, one => MetricsEndpoints.OwnAsync(one, _requests)),
        ["metrics", "resource"] => Get(call, MetricsEndpoints.ResourceAsync),
        ["metrics", "cadvisor"] => Get(call, MetricsEndpoints.CadvisorAsync),
        ["metrics", "probes"] => Get(call, MetricsEndpoints.ProbesAsync),
        ["metrics", "slis"] => Get(call, _health.MetricsAsync),
        ["debug", "pprof", ..] => Get(call, DebugEndpoints.ProfileAsync),
        ["debug", "flags", "v"] => DebugEndpoints.VerbosityAsync(call),
        ["statusz"] => Get(call, _pages.StatusAsync),
        ["flagz"] => Get(call, StatusPages.FlagsAsync),
        ["checkpoint", _, _, _] => Only(call, CheckpointEndpoint.ServeAsync, "POST"),
        ["logs", ..] => Get(call, SystemLogEndpoint.ServeAsync),
        ["containerLogs", _, _, _] => Get(call, ContainerLogEndpoint.ServeAsync),
        ["exec", _, _, _] or ["exec", _, _, _, _] =>
            GetOrPost(call, static one => CommandEndpoints.StreamAsync(one, isAttach: false)),
        ["attach", _, _, _] or ["attach", _, _, _, _] =>
            GetOrPost(call, static one => CommandEndpoints.StreamAsync(one, isAttach: true)),
        ["run", _, _, _] or ["run", _, _, _, _] => Only(call, CommandEndpoints.RunAsync, "POST"),
        ["portForward", _, _] or ["portForward", _, _, _] => GetOrPost(call, PortForwardEndpoint.ServeAsync),
        _ => call.TextAsync("404: Page Not Found", StatusCodes.Status404NotFound),
    };

    private static Task Get(KubeletCall call, Func<KubeletCall, Task> serve) => Only(call, serve, "GET");

    private static Task GetOrPost(KubeletCall call, Func<KubeletCall, Task> serve) => Only(call, serve, "GET", "POST");

    private static Task Only(KubeletCall call, Func<KubeletCall, Task> serve, params ReadOnlySpan<string> methods)
    {
        if (methods.Contains(call.Http.Request.Method))
        {
            return serve(call);
        }

        call.Http.Response.Headers.Allow = string.Join(", ", methods!);
        return call.TextAsync("405: Method Not Allowed", StatusCodes.Status405MethodNotAllowed);
    }
}
