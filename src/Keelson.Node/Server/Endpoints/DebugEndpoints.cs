using System.Globalization;
using System.Text;
using Keelson.Machinery.Validation;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary>
/// <c>/debug/pprof/</c> and <c>/debug/flags/v</c>. Of upstream's profiles there are those that do not come from a Go
/// runtime: how the program was called. Others are unknown here, as upstream answers for names that it does not have.
/// </summary>
internal static class DebugEndpoints
{
    private const string Profiles = "/debug/pprof/";
    private const int LongestLevel = 64;

    /// <summary><c>GET /debug/pprof/PROFILE</c>.</summary>
    public static Task ProfileAsync(KubeletCall call)
    {
        if (!call.Node.ServesProfiling)
        {
            return call.ErrorAsync("profiling endpoint is disabled.", 405);
        }

        call.Http.Response.Headers.XContentTypeOptions = "nosniff";
        switch (string.Join('/', call.Path[2..]))
        {
            case "":
                return call.TextAsync(Index(), 200, "text/html; charset=utf-8");
            case "cmdline":
                return call.TextAsync(string.Join('\0', Environment.GetCommandLineArgs()));
            case "symbol":
                return call.TextAsync("num_symbols: 0\n");
            default:
                call.Http.Response.Headers["X-Go-Pprof"] = "1";
                return call.TextAsync("Unknown profile\n", 404);
        }
    }

    /// <summary><c>PUT /debug/flags/v</c>: how much is logged from now on.</summary>
    public static async Task VerbosityAsync(KubeletCall call)
    {
        if (!call.Node.ServesDebugFlags)
        {
            await call.ErrorAsync("flags endpoint is disabled.", 405);
            return;
        }

        if (call.Http.Request.Method != "PUT")
        {
            await call.TextAsync("unsupported http method", 406, "text/plain");
            return;
        }

        byte[] body = new byte[LongestLevel];
        int length = await call.Http.Request.Body.ReadAtLeastAsync(body, body.Length, false, call.Aborted);
        string text = Encoding.UTF8.GetString(body.AsSpan(0, length));
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int level))
        {
            await call.TextAsync(
                $"failed set klog.logging.verbosity {text}: strconv.ParseInt: parsing {GoText.Quote(text)}: "
                + "invalid syntax",
                400,
                "text/plain");
            return;
        }

        call.Node.Verbosity.Level = level;
        await call.TextAsync($"successfully set klog.logging.verbosity to {text}", 200, "text/plain");
    }

    private static string Index() => $"""
        <html>
        <head>
        <title>{Profiles}</title>
        </head>
        <body>
        {Profiles}<br>
        <a href='cmdline'>cmdline</a><br>
        <a href='symbol'>symbol</a><br>
        </body>
        </html>

        """;
}
