using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Keelson.Client.Https;
using Keelson.Client.Kubeconfigs;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;

namespace Keelson.Clusters;

/// <summary>
/// A server as the commands for users see it: paths in, trees out. Refusals are <see cref="ApiFailure"/>; what the
/// server warns of goes to <paramref name="warn"/>, each text once.
/// </summary>
internal sealed class ClusterConnection(HttpsConnection connection, string @namespace, Action<string> warn)
    : IDisposable
{
    private const string Json = "application/json";
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private ApiDiscovery? _discovery;

    /// <summary>The namespace that holds when none is named.</summary>
    public string Namespace => @namespace;

    /// <summary>The server's address.</summary>
    public string Server => connection.Base;

    /// <summary>A connection for a kubeconfig's cluster and user.</summary>
    /// <exception cref="CommandException">They can't be used.</exception>
    public static ClusterConnection Open(
        KubeconfigCluster cluster, KubeconfigUser user, string @namespace, Action<string> warn)
    {
        try
        {
            HttpsClientConfig config = new() { Program = "kubectl", Qps = 0 };
            return new(new HttpsConnection(cluster, user, config), @namespace, warn);
        }
        catch (KubeconfigException exception)
        {
            throw new CommandException(exception.Message, exception);
        }
    }

    public void Dispose() => connection.Dispose();

    /// <summary>What kinds the server has; asked for once.</summary>
    public async ValueTask<ApiDiscovery> DiscoverAsync(CancellationToken cancellation) =>
        _discovery ??= await ApiDiscovery.ReadAsync(this, cancellation);

    public Task<ObjectTree> GetAsync(string path, CancellationToken cancellation, string accept = Json) =>
        CallAsync(HttpMethod.Get, path, null, cancellation, accept);

    /// <summary>One request and its answer.</summary>
    /// <exception cref="ApiFailure">The server refuses.</exception>
    public async Task<ObjectTree> CallAsync(
        HttpMethod method, string path, RequestBody? body, CancellationToken cancellation, string accept = Json)
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, accept, cancellation);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        return TreeReader.ReadObject(bytes);
    }

    /// <summary>A request whose answer is read as it comes.</summary>
    /// <exception cref="ApiFailure">The server refuses.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, RequestBody? body, string accept, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(method, connection.Base + path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is { } sent)
        {
            request.Content = new ByteArrayContent(sent.Bytes);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(sent.MediaType);
        }

        HttpResponseMessage response;
        try
        {
            response = await connection.SendAsync(request, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }

        Warn(response);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new ApiFailure(await StatusOfAsync(response, cancellation));
        }
    }

    /// <summary>The lines of an answer that goes on: watches, logs.</summary>
    public async IAsyncEnumerable<ObjectTree> WatchAsync(
        string path, string accept, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, accept, cancellation);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Length > 0)
            {
                yield return TreeReader.ReadObject(System.Text.Encoding.UTF8.GetBytes(line));
            }
        }
    }

    /// <summary>Opens a WebSocket.</summary>
    /// <exception cref="ApiFailure">The server refuses.</exception>
    public async Task<ClientWebSocket> OpenWebSocketAsync(
        string path, IEnumerable<string> protocols, CancellationToken cancellation)
    {
        try
        {
            return await connection.OpenWebSocketAsync(path, protocols, cancellation);
        }
        catch (WebSocketException exception) when (exception.InnerException is HttpRequestException inner)
        {
            throw Unreachable(inner);
        }
        catch (WebSocketException exception) when (exception.Data["status"] is >= 400)
        {
            // What the refusal says is lost with the handshake; the same request without one brings it.
            using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, Json, cancellation);
            throw new CommandException(exception.Message, exception);
        }
    }

    /// <summary>Makes a connection into one of SPDY/3.1.</summary>
    /// <param name="path">What to connect to.</param>
    /// <param name="protocol">What is spoken within SPDY.</param>
    /// <param name="cancellation">Ends waiting.</param>
    /// <exception cref="ApiFailure">The server refuses.</exception>
    public async Task<Stream> UpgradeAsync(string path, string protocol, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, connection.Base + path);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("SPDY", "3.1"));
        request.Headers.Add("X-Stream-Protocol-Version", protocol);
        try
        {
            HttpResponseMessage response = await connection.SendAsync(request, cancellation);
            return response.StatusCode == HttpStatusCode.SwitchingProtocols
                ? await response.Content.ReadAsStreamAsync(cancellation)
                : throw new ApiFailure(await StatusOfAsync(response, cancellation));
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }
    }

    private CommandException Unreachable(HttpRequestException exception)
    {
        string host = new Uri(connection.Base).Authority;
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return new CommandException(
                    $"The connection to the server {host} was refused - did you specify the right host or port?",
                        exception)
                {
                    IsBare = true,
                };
            }

            if (cause is AuthenticationException)
            {
                return new CommandException(
                    $"Unable to connect to the server: {cause.Message}", exception) { IsBare = true };
            }
        }

        return new CommandException(
            $"Unable to connect to the server: {exception.InnerException?.Message ?? exception.Message}", exception)
        {
            IsBare = true,
        };
    }

    private static async Task<ObjectTree> StatusOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        try
        {
            ObjectTree status = TreeReader.ReadObject(bytes);
            if (status.TextAt("kind") == "Status")
            {
                return status;
            }
        }
        catch (DecodeException)
        {
            // No server of Kubernetes answers so; a proxy before it may.
        }

        return new ObjectTree
        {
            ["message"] = new TextTree(response.StatusCode == HttpStatusCode.NotFound
                ? "the server could not find the requested resource"
                : System.Text.Encoding.UTF8.GetString(bytes).Trim()),
            ["reason"] = new TextTree(response.StatusCode.ToString()),
        };
    }

    /// <summary>Passes on <c>Warning: 299 - "text"</c>.</summary>
    private void Warn(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Warning", out IEnumerable<string>? values))
        {
            return;
        }

        foreach (string value in values)
        {
            int open = value.IndexOf('"');
            int close = value.LastIndexOf('"');
            if (open >= 0 && close > open)
            {
                string text = value[(open + 1)..close].Replace("\\\"", "\"").Replace("\\\\", "\\");
                if (_warned.Add(text))
                {
                    warn("Warning: " + text);
                }
            }
        }
    }
}

/// <summary>What a request brings.</summary>
internal readonly record struct RequestBody(byte[] Bytes, string MediaType)
{
    public static RequestBody Json(Tree tree) => new(tree.ToJson(), "application/json");

    public static RequestBody MergePatch(Tree tree) => new(tree.ToJson(), "application/merge-patch+json");

    public static RequestBody StrategicPatch(Tree tree) => new(tree.ToJson(), "application/strategic-merge-patch+json");
}
