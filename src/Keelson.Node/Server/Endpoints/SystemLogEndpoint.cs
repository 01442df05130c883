using System.Text;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary><c>/logs/</c>: the files of the node's log directory.</summary>
internal static class SystemLogEndpoint
{
    public static async Task ServeAsync(KubeletCall call)
    {
        if (call.Node.SystemLogDirectory is not { } directory)
        {
            await call.ErrorAsync("logs endpoint is disabled.", 405);
            return;
        }

        string? file = call.Node.AnswersLogQueries
            ? await new NodeLogEndpoint(call, directory).ServeAsync()
            : string.Join('/', call.Path[1..]);
        if (file is not null)
        {
            await ShowAsync(call, directory, file);
        }
    }

    private static async Task ShowAsync(KubeletCall call, string directory, string file)
    {
        // What lies outside of the directory is not there: dots are resolved before anything is looked at.
        string root = Path.GetFullPath(directory);
        string wanted = Path.GetFullPath(Path.Combine(root, file));
        bool endsWithSlash = file.Length == 0 || file[^1] == '/';
        bool isInside = wanted.TrimEnd('/') == root || wanted.StartsWith(root + "/", StringComparison.Ordinal);
        if (isInside && Directory.Exists(wanted))
        {
            await ListAsync(call, wanted, endsWithSlash);
        }
        else if (isInside && File.Exists(wanted) && !endsWithSlash)
        {
            await using FileStream content = new(
                wanted, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            call.Http.Response.ContentType = "text/plain; charset=utf-8";
            await content.CopyToAsync(call.Http.Response.Body, call.Aborted);
        }
        else
        {
            await call.ErrorAsync("404 page not found", 404);
        }
    }

    private static Task ListAsync(KubeletCall call, string directory, bool endsWithSlash)
    {
        if (!endsWithSlash)
        {
            call.Http.Response.StatusCode = 301;
            call.Http.Response.Headers.Location = Path.GetFileName(directory) + "/";
            return Task.CompletedTask;
        }

        StringBuilder html = new("<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n");
        foreach (FileSystemInfo one in new DirectoryInfo(directory).EnumerateFileSystemInfos()
            .OrderBy(static one => one.Name, StringComparer.Ordinal))
        {
            string name = one.Name + (one is DirectoryInfo ? "/" : "");
            string shown = System.Net.WebUtility.HtmlEncode(name);
            html.Append("<a href=\"").Append(Uri.EscapeDataString(one.Name)).Append(one is DirectoryInfo ? "/" : "")
                .Append("\">").Append(shown).Append("</a>\n");
        }

        return call.TextAsync(html.Append("</pre>\n").ToString(), 200, "text/html; charset=utf-8");
    }
}
