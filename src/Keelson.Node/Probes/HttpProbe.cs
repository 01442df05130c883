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

        if (!request.Headers.Contains("Accept"))
        {
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
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
            using HttpResponseMessage answer = await FollowAsync(client, request, cancellationToken);
            int code = (int)answer.StatusCode;
            if (code is >= 200 and < 300)
            {
                return ProbeAnswer.Success;
            }

            if (code is >= 300 and < 400)
            {
                string body = await BodyAsync(answer, cancellationToken);
                return ProbeAnswer.Success with { Warning = $"Probe terminated redirects, Response body: {body}" };
            }

            return ProbeAnswer.Failure($"HTTP probe failed with statuscode: {code}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeAnswer.Failure(
                $"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
        catch (HttpRequestException exception)
        {
            string reason = exception.InnerException is SocketException socket
                ? $"dial tcp {request.RequestUri!.Authority}: {DialErrors.Text(socket)}"
                : exception.Message;
            return ProbeAnswer.Failure($"Get \"{url}\": {reason}");
        }
    }

    /// <summary>Follows redirects that stay with the same host, as Go's client does ten times.</summary>
    private static async Task<HttpResponseMessage> FollowAsync(
        HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpRequestMessage next = request;
        for (int i = 0; ; i++)
        {
            HttpResponseMessage answer = await client.SendAsync(
                next, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            bool isRedirect = answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
                or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!isRedirect || answer.Headers.Location is null || i == 10)
            {
                return answer;
            }

            Uri target = new(next.RequestUri!, answer.Headers.Location);
            if (target.Host != request.RequestUri!.Host)
            {
                return answer;
            }

            answer.Dispose();
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
        byte[] buffer = new byte[LongestBody];
        int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}

/// <summary>What Go says of connections that do not come about.</summary>
internal static class DialErrors
{
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

    /// <summary>All is not well.</summary>
    public static ProbeAnswer Failure(string output) => new(ProbeVerdict.Failure, output);

    /// <summary>The probe did not work.</summary>
    public static ProbeAnswer Error(string output) => new(ProbeVerdict.Unknown, output);
}
