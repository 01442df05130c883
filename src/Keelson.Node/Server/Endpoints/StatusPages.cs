using System.Globalization;
using System.Text;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/statusz</c>, what the agent is and how long it runs, and <c>/flagz</c>, how it was started.</summary>
internal sealed class StatusPages(DateTimeOffset started)
{
    private const string Warning =
        "Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees "
        + "and is for debugging purposes only.\n\n";

    private const string Paths = "/checkpoint /configz /containerLogs /debug /exec /flagz /healthz /logs /metrics "
        + "/metrics/cadvisor /metrics/probes /metrics/resource /pods /portForward /run /runningpods /stats /statusz";

    /// <summary><c>/statusz</c>.</summary>
    public Task StatusAsync(KubeletCall call)
    {
        TimeSpan up = call.Clock.GetUtcNow() - started;
        StringBuilder text = new("\nkubelet statusz\n" + Warning);
        text.Append(CultureInfo.InvariantCulture, $"Started: {started:ddd MMM d HH:mm:ss} UTC {started:yyyy}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"Up: {(int)up.TotalHours} hr {up.Minutes:00} min {up.Seconds:00} sec\n");
        text.Append($"Go version: {Environment.Version}\n");
        text.Append($"Binary version: {call.Node.Version[1..]}\n");
        text.Append($"Emulation version: {string.Join('.', call.Node.Version[1..].Split('.')[..2])}\n");
        text.Append($"Paths: {Paths}\n");
        return PlainAsync(call, text.ToString());
    }

    /// <summary><c>/flagz</c>.</summary>
    public static Task FlagsAsync(KubeletCall call)
    {
        StringBuilder text = new("\nkubelet flagz\n" + Warning);
        foreach ((string name, string value) in call.Node.Flags.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            text.Append($"{name}={value}\n");
        }

        return PlainAsync(call, text.ToString());
    }

    private static Task PlainAsync(KubeletCall call, string text)
    {
        string accept = call.Http.Request.Headers.Accept.ToString();
        bool takesText = accept.Length == 0 || accept.Split(',').Any(static one =>
            one.Split(';')[0].Trim() is "*/*" or "text/*" or "text/plain");
        return takesText
            ? call.TextAsync(text)
            : call.TextAsync("Not Acceptable. Supported media types are: text/plain\n", 406);
    }
}
