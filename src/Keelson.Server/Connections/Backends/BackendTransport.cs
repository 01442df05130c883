using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Server.Authentication;

namespace Keelson.Server.Connections.Backends;

/// <summary>How a transport shows itself to backends, and whom it trusts.</summary>
/// <param name="Certificate">The certificate to show, asked at every connection; null for none.</param>
/// <param name="Authorities">Who vouches for backends; null when they are taken as they are.</param>
internal sealed record BackendTls(Func<X509Certificate2?>? Certificate, Func<CertificateAuthorities>? Authorities);

/// <summary>
/// Sends requests to backends over HTTP/1.1, which is what upgrades need, and keeps idle connections. TLS is done where
/// connections are made: .NET would name the server by the request's Host header, which proxied requests bring along.
/// </summary>
internal sealed class BackendTransport : IDisposable
{
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _plain;
    private readonly HttpMessageInvoker _secure;

    public BackendTransport(BackendTls tls)
    {
        _plain = Invoker(null);
        _secure = Invoker(tls);
    }

    /// <summary>Sends a request; done when the answer's headers are there.</summary>
    /// <exception cref="BackendException">The backend can't be reached, or ended the connection.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        BackendUrl url, HttpRequestMessage request, CancellationToken cancellation)
    {
        request.RequestUri = url.ToConnect();
        request.Version = HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        try
        {
            return await (url.IsSecure ? _secure : _plain).SendAsync(request, cancellation);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw BackendException.Of(exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw BackendException.Of(exception);
        }
    }

    public void Dispose()
    {
        _plain.Dispose();
        _secure.Dispose();
    }

    private static HttpMessageInvoker Invoker(BackendTls? tls) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, tls, cancellation),
    });

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint target, BackendTls? tls, CancellationToken cancellation)
    {
        NetworkStream stream = await DialAsync(target, cancellation);
        if (tls is null)
        {
            return stream;
        }

        string? distrust = null;
        SslStream secure = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = target.Host,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    ClientCertificates = tls.Certificate?.Invoke() is { } shown ? [shown] : null,
                    LocalCertificateSelectionCallback = static (_, _, all, _, _) => all.Count > 0 ? all[0] : null!,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        distrust = tls.Authorities is { } authorities && certificate is X509Certificate2 serving
                            ? BackendTrust.Distrust(authorities(), serving, target.Host)
                            : null;
                        return distrust is null;
                    },
                },
                cancellation);
            return secure;
        }
        catch (AuthenticationException exception)
        {
            await secure.DisposeAsync();
            throw BackendException.OfHandshake(exception, distrust);
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<NetworkStream> DialAsync(DnsEndPoint target, CancellationToken cancellation)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        string port = target.Port.ToString(CultureInfo.InvariantCulture);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(DialTimeout);
        try
        {
            await (IPAddress.TryParse(target.Host, out IPAddress? address)
                ? socket.ConnectAsync(new IPEndPoint(address, target.Port), patience.Token)
                : socket.ConnectAsync(target, patience.Token));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw BackendException.OfDial(target.Host, port, exception);
        }
        catch (OperationCanceledException exception)
        {
            socket.Dispose();
            throw cancellation.IsCancellationRequested
                ? exception
                : new BackendException($"dial tcp {GoUrl.JoinHostPort(target.Host, port)}: i/o timeout", exception);
        }
    }
}

/// <summary>Whether a backend's certificate is to be trusted.</summary>
internal static class BackendTrust
{
    /// <summary>What is wrong; null when the certificate comes from the authorities and is for the host.</summary>
    public static string? Distrust(CertificateAuthorities authorities, X509Certificate2 certificate, string host)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities.Certificates.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (!chain.Build(certificate))
        {
            bool isOld = chain.ChainStatus.All(one => one.Status == X509ChainStatusFlags.NotTimeValid);
            return isOld ? "certificate has expired or is not yet valid" : "certificate signed by unknown authority";
        }

        return certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false)
            ? null
            : $"certificate is not valid for {host}";
    }
}
