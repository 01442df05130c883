namespace Keelson.Server.Connections.Backends;

/// <summary>Where a request is passed on to.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">A name or an address, without brackets.</param>
/// <param name="Port">The port; empty for the scheme's.</param>
/// <param name="Path">The path, unescaped.</param>
/// <param name="Query">The query as it is sent, without the question mark.</param>
internal sealed record BackendUrl(string Scheme, string Host, string Port, string Path, string Query)
{
    /// <summary>Host and port.</summary>
    public string Authority => GoUrl.JoinHostPort(Host, Port);

    /// <summary>True for <c>https</c>.</summary>
    public bool IsSecure => Scheme == "https";

    /// <summary>What an HTTP client is given: always plain, as TLS is the connection's business.</summary>
    public Uri ToConnect()
    {
        string port = Port.Length > 0 ? Port : IsSecure ? "443" : "80";
        string path = Path.Length == 0 ? "/" : GoUrl.EscapePath(Path);
        return new Uri(
            $"http://{GoUrl.JoinHostPort(Host, port)}{path}{(Query.Length == 0 ? "" : "?" + Query)}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    /// <summary>The URL as error texts show it.</summary>
    public override string ToString() =>
        $"{Scheme}://{Authority}{GoUrl.EscapePath(Path)}{(Query.Length == 0 ? "" : "?" + Query)}";
}
