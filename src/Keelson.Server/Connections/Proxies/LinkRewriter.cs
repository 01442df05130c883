using Keelson.Server.Connections.Backends;

namespace Keelson.Server.Connections.Proxies;

/// <summary>Makes links of a backend lead through the proxy that it is seen through.</summary>
/// <param name="backend">Where the page came from.</param>
/// <param name="requestHost">The host that the client asked for.</param>
/// <param name="prefix">The part of the client's path before the backend's.</param>
internal sealed class LinkRewriter(BackendUrl backend, string requestHost, string prefix)
{
    /// <summary>A link of the page; links to other hosts and relative ones stay.</summary>
    public string Rewrite(string link)
    {
        if (!TrySplit(link, out string host, out string path, out string rest)
            || (host.Length > 0 && host != backend.Authority && host != requestHost)
            || !path.StartsWith('/'))
        {
            return link;
        }

        // The client's own host stays in the link; the backend's would mean nothing to the client.
        string front = host.Length > 0 && host == requestHost ? link[..^(path.Length + rest.Length)] : "";
        if (path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return front + path + rest;
        }

        return front + GoUrl.CleanPath(prefix + path) + rest;
    }

    /// <summary>Takes a link apart: its host, its path, and the query and fragment behind it.</summary>
    private static bool TrySplit(string link, out string host, out string path, out string rest)
    {
        int end = link.AsSpan().IndexOfAny('?', '#');
        rest = end < 0 ? "" : link[end..];
        path = end < 0 ? link : link[..end];
        host = "";
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        if (colon >= 0 && (slash < 0 || colon < slash))
        {
            path = path[(colon + 1)..];
            if (!path.StartsWith("//", StringComparison.Ordinal))
            {
                return false;
            }
        }

        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            int next = path.IndexOf('/', 2);
            host = next < 0 ? path[2..] : path[2..next];
            path = next < 0 ? "" : path[next..];
        }

        return true;
    }
}
