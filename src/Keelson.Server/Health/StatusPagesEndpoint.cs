using System.Globalization;
using System.Text;
using Keelson.Server.Discovery;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Health;

/// <summary>
/// Serves /statusz, what the process is and how long it runs, and /flagz, the flags it was started with.
/// </summary>
/// <param name="flags">The flags and their values.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusPagesEndpoint(IReadOnlyDictionary<string, string> flags, TimeProvider time) : IPathEndpoint
{
    private const string Component = "kube-apiserver";
    private const string Warning =
        "Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees "
        + "and is for debugging purposes only.\n\n";

    private static readonly string[] LinkedPaths =
        ["/healthz", "/livez", "/metrics", "/readyz", "/statusz", "/version"];

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <inheritdoc/>
    public bool Serves(string path) => path is "/statusz" or "/flagz";

    /// <inheritdoc/>
    public Task ServeAsync(HttpContext http)
    {
        string accept = http.Request.Headers.Accept.ToString();
        if (!AcceptClause.Read(accept).Any(one => one.Takes("text/plain")))
        {
            return PlainAnswer.ErrorAsync(
                http, StatusCodes.Status406NotAcceptable, "Not Acceptable. Supported media types are: text/plain\n");
        }

        return PlainAnswer.TextAsync(http, http.Request.Path.Value == "/statusz" ? Status() : Flags());
    }

    private string Status()
    {
        DateTimeOffset now = time.GetUtcNow();
        TimeSpan up = now - _started;
        StringBuilder text = new($"\n{Component} statusz\n{Warning}");
        text.Append(CultureInfo.InvariantCulture, $"Started: {_started:ddd MMM d HH:mm:ss} UTC {_started:yyyy}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"Up: {(int)up.TotalHours} hr {up.Minutes:00} min {up.Seconds:00} sec\n");
        text.Append($"Go version: {ServerVersion.RuntimeVersion}\n");
        text.Append($"Binary version: {ServerVersion.GitVersion[1..]}\n");
        text.Append($"Emulation version: {ServerVersion.Major}.{ServerVersion.Minor}\n");
        text.Append($"Paths: {string.Join(' ', LinkedPaths)}\n");
        return text.ToString();
    }

    private string Flags()
    {
        StringBuilder text = new($"\n{Component} flagz\n{Warning}");
        foreach ((string name, string value) in flags.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            text.Append($"{name}={value}\n");
        }

        return text.ToString();
    }
}
