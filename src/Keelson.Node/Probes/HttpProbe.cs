using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Probes;

/// <summary>Asks a server by HTTP whether all is well.</summary>
internal static class HttpProbe
{
    private const int LongestBody = 10 * 1024;
    private const int MostRequests = 10;

    /// <summary>A client as probes have it: any certificate, a new connection each time, redirects left
    /// alone.</summary>
    public static HttpClient CreateClient(TimeSpan timeout) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions =
            new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    })
    {
        Timeout = timeout,
    };

    /// <summary>The request of an action.</summary>
    public static HttpRequestMessage Request(HTTPGetAction action, string podAddress, int port, string agent)
    {
        string host = action.Host.Length > 0 ? action.Host : podAddress;
        string scheme = action.Scheme.Length > 0 ? action.Scheme.ToLowerInvariant() : "http";
        string path = action.Path.StartsWith('/') ? action.Path : "/" + action.Path;
        string shown = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        HttpRequestMessage request = new(HttpMethod.Get, $"{scheme}://{shown}:{port}{path}");
        if (request.RequestUri!.IsDefaultPort)
        {
            // Go names the port in any case.
            request.Headers.Host = $"{shown}:{port}";
        }

        // Each request has a connection of its own.
        request.Headers.ConnectionClose = true;
        foreach (HTTPHeader header in action.HttpHeaders)
        {
            if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = header.Value;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
        }

        if (!action.HttpHeaders.Any(static one => one.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase)))
        {
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
        }
        else if (request.Headers.TryGetValues("Accept", out IEnumerable<string>? values)
            && values.All(string.IsNullOrEmpty))
        {
            request.Headers.Remove("Accept");
        }

        return request;
    }

    /// <summary>The address as Go shows it: with the port, be it the scheme's own.</summary>
    private static string UrlOf(HttpRequestMessage request, int port)
    {
        Uri uri = request.RequestUri!;
        string path = uri.GetComponents(UriComponents.PathAndQuery, UriFormat.UriEscaped);
        return $"{uri.Scheme}://{uri.Host}:{port}{path}";
    }

    /// <summary>Asks once.</summary>
    public static async Task<ProbeAnswer> RunAsync(
        HTTPGetAction action, string podAddress, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using HttpClient client = CreateClient(timeout);
        using HttpRequestMessage request = Request(action, podAddress, port, "kube-probe/1.36");
        string url = UrlOf(request, port);
        try
        {
            using HttpResponseMessage? answer = await FollowAsync(client, request, cancellationToken);
            return answer is null
                ? ProbeAnswer.Failure($"Get \"{url}\": stopped after 10 redirects")
                : await JudgeAsync(answer, timeout, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return ProbeAnswer.Failure(ErrorText(exception, request, port));
        }
    }

    /// <summary>What Go says of a request that was not answered.</summary>
    public static string ErrorText(Exception exception, HttpRequestMessage request, int port)
    {
        string reason = exception switch
        {
            OperationCanceledException =>
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } } =>
                "read: connection reset by peer",
            { InnerException: SocketException socket } =>
                $"dial tcp {request.RequestUri!.Host}:{port}: {DialErrors.Text(socket)}",
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "EOF",
            { InnerException: HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } } => "EOF",
            _ when SpeaksPlainHttp(exception) => "http: server gave HTTP response to HTTPS client",
            _ => exception.Message,
        };
        return $"Get \"{UrlOf(request, port)}\": {reason}";
    }

    /// <summary>True when a server that was asked by TLS does not speak it.</summary>
    public static bool SpeaksPlainHttp(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };

    private static async Task<ProbeAnswer> JudgeAsync(
        HttpResponseMessage answer, TimeSpan timeout, CancellationToken cancellationToken)
    {
        string body;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            body = await BodyAsync(answer, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unread(
                "context deadline exceeded (Client.Timeout or context cancellation while reading body)");
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return Unread("unexpected EOF");
        }

        int code = (int)answer.StatusCode;
        return code switch
        {
            >= 200 and < 300 => ProbeAnswer.Success,
            >= 300 and < 400 => ProbeAnswer.Success with
            {
                Warning = $"Probe terminated redirects, Response body: {body}",
            },
            _ => ProbeAnswer.Failure($"HTTP probe failed with statuscode: {code}"),
        };
    }

    private static ProbeAnswer Unread(string output) => ProbeAnswer.Error(output) with { State = "failure" };

    /// <summary>Follows redirects that stay with the same host, as Go's client does; null when they are too
    /// many.</summary>
    private static async Task<HttpResponseMessage?> FollowAsync(
        HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpRequestMessage next = request;
        for (int i = 0; ; i++)
        {
            HttpResponseMessage answer = await client.SendAsync(
                next, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            bool isRedirect = answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
                or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!isRedirect || answer.Headers.Location is null)
            {
                return answer;
            }

            Uri target = new(next.RequestUri!, answer.Headers.Location);
            if (target.Host != request.RequestUri!.Host)
            {
                return answer;
            }

            answer.Dispose();
            if (i == MostRequests - 1)
            {
                return null;
            }

            next = new(HttpMethod.Get, target);
            foreach (KeyValuePair<string, IEnumerable<string>> header in request.Headers)
            {
                next.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }
    }

    private static async Task<string> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LongestBody);
        try
        {
            int length = await stream.ReadAtLeastAsync(
                buffer.AsMemory(0, LongestBody), LongestBody, false, cancellationToken);
            return (int)answer.StatusCode is >= 300 and < 400 ? Encoding.UTF8.GetString(buffer, 0, length) : "";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>What Go says of connections that do not come about.</summary>
internal static class DialErrors
{
    /// <summary>A host with a port.</summary>
    public static string Join(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    /// <summary>The text.</summary>
    public static string Text(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connect: connection refused",
        SocketError.NetworkUnreachable => "connect: network is unreachable",
        SocketError.HostUnreachable => "connect: no route to host",
        SocketError.TimedOut => "i/o timeout",
        SocketError.HostNotFound => "lookup: no such host",
        _ => "connect: " + exception.Message,
    };
}

/// <summary>What one attempt of a probe gave.</summary>
/// <param name="Verdict">The verdict; unknown when the probe itself did not work.</param>
/// <param name="Output">What there is to say of a failure.</param>
internal sealed record ProbeAnswer(ProbeVerdict Verdict, string Output)
{
    /// <summary>All is well.</summary>
    public static ProbeAnswer Success { get; } = new(ProbeVerdict.Success, "");

    /// <summary>Something to tell though all is well; empty for nothing.</summary>
    public string Warning { get; init; } = "";

    /// <summary>What the probe itself did not work resulted in.</summary>
    public string State { get; init; } = "unknown";

    /// <summary>All is not well.</summary>
    public static ProbeAnswer Failure(string output) => new(ProbeVerdict.Failure, output);

    /// <summary>The probe did not work.</summary>
    public static ProbeAnswer Error(string output) => new(ProbeVerdict.Unknown, output);
}
