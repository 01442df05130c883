using System.Globalization;
using System.Net;

namespace Keelson.Rpc;

/// <summary>Where a server listens: a host and port, with or without TLS, or a unix domain socket.</summary>
public sealed record RpcEndpoint
{
    private RpcEndpoint()
    {
    }

    /// <summary>The host name or address; empty for a unix socket.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The TCP port; 0 for a unix socket.</summary>
    public int Port { get; private init; }

    /// <summary>The path of the unix socket, or null.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>Whether TLS is spoken.</summary>
    public bool UsesTls { get; private init; }

    /// <summary>What goes into <c>:authority</c>; gRPC says <c>localhost</c> over unix sockets.</summary>
    internal string Authority =>
        UnixPath is null ? string.Create(CultureInfo.InvariantCulture, $"{UrlHost}:{Port}") : "localhost";

    private string UrlHost => Host.Contains(':') ? $"[{Host}]" : Host;

    /// <summary>
    /// Reads <c>http://host:port</c>, <c>https://host:port</c>, <c>unix:///path</c>, <c>unix:/path</c>,
    /// <c>unixs:///path</c> (TLS), a bare path, or <c>host:port</c> (no TLS). Throws <see cref="FormatException"/>.
    /// </summary>
    public static RpcEndpoint Parse(string text)
    {
        foreach (string scheme in (ReadOnlySpan<string>)["unix://", "unix:", "unixs://", "unixs:"])
        {
            if (text.StartsWith(scheme, StringComparison.Ordinal))
            {
                return text.Length == scheme.Length
                    ? throw new FormatException($"\"{text}\" is not an endpoint: it has no path")
                    : Unix(text[scheme.Length..], usesTls: scheme.StartsWith("unixs", StringComparison.Ordinal));
            }
        }

        if (text.StartsWith('/'))
        {
            return Unix(text);
        }

        string url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https")
            || uri.Host.Length == 0 || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
        {
            throw new FormatException(
                $"\"{text}\" is not an endpoint: want http://host:port, https://host:port or unix:///path");
        }

        return Tcp(uri.IdnHost.Trim('[', ']'), uri.Port, uri.Scheme == "https");
    }

    /// <summary>A unix domain socket.</summary>
    public static RpcEndpoint Unix(string path, bool usesTls = false) =>
        new() { UnixPath = path, UsesTls = usesTls };

    /// <summary>A TCP port.</summary>
    public static RpcEndpoint Tcp(string host, int port, bool usesTls = false) =>
        new() { Host = host, Port = port, UsesTls = usesTls };

    /// <summary>The endpoint of a bound TCP socket.</summary>
    public static RpcEndpoint Tcp(IPEndPoint address, bool usesTls = false) =>
        Tcp(address.Address.ToString(), address.Port, usesTls);

    /// <summary>The address, as errors print it.</summary>
    public override string ToString() => UnixPath is null
        ? string.Create(CultureInfo.InvariantCulture, $"{(UsesTls ? "https" : "http")}://{UrlHost}:{Port}")
        : $"{(UsesTls ? "unixs" : "unix")}://{UnixPath}";
}
