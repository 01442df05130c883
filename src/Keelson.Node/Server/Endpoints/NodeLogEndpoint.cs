using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary>
/// Answers questions for logs of services (<c>enableSystemLogQuery</c>): those that the journal has by
/// <c>journalctl</c>, others by their files.
/// </summary>
internal sealed class NodeLogEndpoint(KubeletCall call, string directory)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Answers, if there is a question.</summary>
    /// <returns>Null when it is answered, else the file that is asked for: that of the question, or of the path.
    /// </returns>
    public async Task<string?> ServeAsync()
    {
        string file = string.Join('/', call.Path[1..]);
        FieldErrors errors = new();
        NodeLogQuery? query = NodeLogQuery.Read(call.Http.Request.Query, errors);
        if (errors.Count > 0)
        {
            await call.ErrorAsync(Together(errors), 400);
            return null;
        }

        if (query is null)
        {
            return file;
        }

        if (file.Length > 0)
        {
            await call.ErrorAsync("path not allowed in query mode", 406);
            return null;
        }

        query.Validate(MissingFile, errors);
        if (errors.Count > 0)
        {
            await call.ErrorAsync(Together(errors), 406);
            return null;
        }

        if (query.Services.Count == 0)
        {
            return query.Files[0].Replace('\\', '/').TrimStart('/');
        }

        await AnswerAsync(query);
        return null;
    }

    private static string Together(FieldErrors errors) => errors.Count == 1
        ? errors.All[0].ToString()
        : "[" + string.Join(", ", errors.All.Select(static one => one.ToString()).Distinct()) + "]";

    private string? MissingFile(string name) => Resolve(name) is { } path && Path.Exists(path)
        ? null
        : $"stat {Path.Combine(directory, name.TrimStart('/'))}: no such file or directory";

    /// <summary>A path below the directory; null for one that leads out of it.</summary>
    private string? Resolve(string name)
    {
        string root = Path.GetFullPath(directory).TrimEnd('/') + "/";
        string path = Path.GetFullPath(Path.Combine(root, name.Replace('\\', '/').TrimStart('/')));
        return path.StartsWith(root, StringComparison.Ordinal) ? path : null;
    }

    private async Task AnswerAsync(NodeLogQuery query)
    {
        call.Http.Response.ContentType = "text/plain;charset=UTF-8";
        bool isPacked = call.Http.Request.Headers.AcceptEncoding.ToString() == "gzip";
        if (isPacked)
        {
            call.Http.Response.Headers.ContentEncoding = "gzip";
        }

        using CancellationTokenSource limit = new(Patience, call.Clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Aborted);
        Stream body = call.Http.Response.Body;
        await using GZipStream? packed = isPacked ? new(body, CompressionLevel.Fastest, leaveOpen: true) : null;
        try
        {
            await CopyAsync(query, packed ?? body, either.Token);
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            // What took too long ends where it is.
        }
    }

    private async Task CopyAsync(NodeLogQuery query, Stream output, CancellationToken cancellation)
    {
        ProgramResult units = await ProgramRun.RunAsync(
            new ProcessStartInfo("journalctl", ["--field", "_SYSTEMD_UNIT"]), "", cancellation);
        ILookup<bool, string> services = query.Services.ToLookup(one =>
            units.ExitCode == 0 && units.Output.Contains(one + ".service", StringComparison.Ordinal));
        if (services[true].Any())
        {
            await ProgramRun.CopyAsync(
                new ProcessStartInfo("journalctl", query.ToArguments(services[true])), output, cancellation);
        }

        string[] others = [.. services[false]];
        if (others.Length > 0 && query.HasOptions)
        {
            await WriteAsync(
                output,
                $"\noptions present and query resolved to log files for [{string.Join(' ', others)}]\n"
                + "try without specifying options\n",
                cancellation);
            return;
        }

        foreach (string one in others)
        {
            await CopyFileAsync(one, output, cancellation);
        }
    }

    private async Task CopyFileAsync(string service, Stream output, CancellationToken cancellation)
    {
        foreach (string name in (string[])[service, service + ".log", $"{service}/{service}.log"])
        {
            if (Resolve(name) is { } path && File.Exists(path))
            {
                try
                {
                    await using FileStream file = new(
                        path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    await file.CopyToAsync(output, cancellation);
                }
                catch (Exception exception) when (exception is UnauthorizedAccessException or FileNotFoundException)
                {
                    await WriteAsync(
                        output, $"\nerror getting log for {service}: {exception.Message}\n", cancellation);
                }

                return;
            }
        }

        await WriteAsync(output, $"\nlog not found for {service}\n", cancellation);
    }

    private static Task WriteAsync(Stream output, string text, CancellationToken cancellation) =>
        output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation).AsTask();
}
