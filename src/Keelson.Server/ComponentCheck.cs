using System.Net.Security;
using System.Net.Sockets;

namespace Keelson.Server;

/// <summary>How a part of the control plane is asked how it is, for <c>componentstatuses</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Check">Answers with what is wrong; null for nothing.</param>
public sealed record ComponentCheck(string Name, Func<CancellationToken, ValueTask<string?>> Check)
{
    /// <summary>A component of this process, which is well for as long as the process is.</summary>
    public static ComponentCheck InProcess(string name) => new(name, static _ => default);

    /// <summary>
    /// A component that serves /healthz on a port of this machine. Its certificate is its own, so nobody looks at it,
    /// as upstream.
    /// </summary>
    public static ComponentCheck OnPort(string name, int port) =>
        new(name, cancellation => AskAsync(port, cancellation));

    private static async ValueTask<string?> AskAsync(int port, CancellationToken cancellationToken)
    {
        string url = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/healthz");
        using HttpClient client = new(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        });
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(url, cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"HTTP probe failed with statuscode: {(int)answer.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? $"Get \"{url}\": dial tcp 127.0.0.1:{port}: connect: connection refused"
                : $"Get \"{url}\": {exception.Message}";
        }
    }
}
