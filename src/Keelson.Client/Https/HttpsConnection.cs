using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keelson.Client.Kubeconfigs;

namespace Keelson.Client.Https;

/// <summary>
/// HTTP/2 to a server: its certificate is held against the kubeconfig's authority, and requests carry the kubeconfig's
/// identity.
/// </summary>
public sealed class HttpsConnection : IDisposable
{
    // Upstream's: a connection that is silent for so long is asked whether it still lives.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Func<X509Certificate2>? _certificate;
    private readonly KubeconfigCluster _cluster;
    private readonly KubeconfigUser _user;
    private readonly ITokenSource? _tokens;
    private readonly string _userAgent;
    private readonly string _host;
    private readonly TimeProvider _clock;
    private HttpMessageInvoker _invoker;
    private HttpMessageInvoker? _retired;
    private X509Certificate2? _shown;

    /// <summary>A connection to a server as an identity; it is opened with the first request.</summary>
    /// <param name="cluster">The server.</param>
    /// <param name="user">The identity.</param>
    /// <param name="config">How the client behaves.</param>
    /// <exception cref="KubeconfigException">A certificate, a key or the URL can't be used.</exception>
    public HttpsConnection(KubeconfigCluster cluster, KubeconfigUser user, HttpsClientConfig config)
    {
        _cluster = cluster;
        _user = config.Tokens is null ? user : new KubeconfigUser();
        _tokens = config.Tokens ?? TokensOf(user, config.Clock);
        _userAgent = $"{config.Program}/v1.36.0 ({Platform}) kubernetes/keelson";
        Base = BaseOf(cluster);
        _host = new Uri(Base).Authority;
        _clock = config.Clock;
        _certificate = config.Certificate;
        _shown = _certificate?.Invoke();
        _invoker = new(Handler(_shown));
    }

    /// <summary>The server's address, without a slash at its end.</summary>
    public string Base { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _invoker.Dispose();
        _retired?.Dispose();
    }

    /// <summary>Sends a request; the answer's body has not been read yet.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // HTTP/2 has no upgrades.
        bool isUpgrade = request.Headers.Upgrade.Count > 0;
        request.Version = isUpgrade ? HttpVersion.Version11 : HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        if (!string.IsNullOrEmpty(_cluster.TlsServerName))
        {
            // The handler takes the name for the handshake, and the check of the certificate, from here.
            request.Headers.Host = _cluster.TlsServerName;
        }

        foreach ((string name, string value) in await IdentityAsync(cancellationToken))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        long started = _clock.GetTimestamp();
        int code = 0;
        try
        {
            HttpResponseMessage response = await Invoker().SendAsync(request, cancellationToken);
            code = (int)response.StatusCode;
            return response;
        }
        finally
        {
            RestClientMetrics.Answered(_host, request.Method.Method, code, _clock.GetElapsedTime(started));
        }
    }

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="pathAndQuery">What stands behind <see cref="Base"/>.</param>
    /// <param name="protocols">The protocols to offer, the best first.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="WebSocketException">The server does not open one; its answer is with the exception.</exception>
    public async Task<ClientWebSocket> OpenWebSocketAsync(
        string pathAndQuery, IEnumerable<string> protocols, CancellationToken cancellationToken)
    {
        ClientWebSocket socket = new();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            foreach (string protocol in protocols)
            {
                socket.Options.AddSubProtocol(protocol);
            }

            foreach ((string name, string value) in await IdentityAsync(cancellationToken))
            {
                socket.Options.SetRequestHeader(name, value);
            }

            // http becomes ws, https wss.
            Uri address = new("ws" + Base["http".Length..] + pathAndQuery);
            await socket.ConnectAsync(address, Invoker(), cancellationToken);
            return socket;
        }
        catch (WebSocketException exception)
        {
            exception.Data["status"] = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What sends requests with the certificate that is good now. Connections that were opened with the one
    /// before end with what goes over them.</summary>
    private HttpMessageInvoker Invoker()
    {
        if (_certificate is null)
        {
            return _invoker;
        }

        lock (_gate)
        {
            X509Certificate2 now = _certificate();
            if (!ReferenceEquals(now, _shown))
            {
                // Disposed of one rotation later: somebody may be about to send over it.
                _retired?.Dispose();
                (_retired, _invoker, _shown) = (_invoker, new(Handler(now)), now);
            }

            return _invoker;
        }
    }

    /// <summary>The headers that say which program asks, for whom.</summary>
    private async ValueTask<List<(string Name, string Value)>> IdentityAsync(CancellationToken cancellationToken)
    {
        List<(string, string)> headers = [("User-Agent", _userAgent)];
        if (_tokens is not null && await _tokens.TokenAsync(cancellationToken) is { Length: > 0 } token)
        {
            headers.Add(("Authorization", "Bearer " + token));
        }
        else if (!string.IsNullOrEmpty(_user.Username))
        {
            byte[] pair = Encoding.UTF8.GetBytes($"{_user.Username}:{_user.Password}");
            headers.Add(("Authorization", "Basic " + Convert.ToBase64String(pair)));
        }

        if (!string.IsNullOrEmpty(_user.ImpersonateUser))
        {
            headers.Add(("Impersonate-User", _user.ImpersonateUser));
        }

        return headers;
    }

    private static string Platform
    {
        get
        {
            string architecture = RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => "amd64",
                var other => other.ToString().ToLowerInvariant(),
            };
            return OperatingSystem.IsMacOS() ? "darwin/" + architecture : "linux/" + architecture;
        }
    }

    private static ITokenSource? TokensOf(KubeconfigUser user, TimeProvider clock) => user switch
    {
        // The file counts more, as upstream.
        { TokenFile.Length: > 0 } => new TokenFile(user.TokenFile, clock),
        { Token.Length: > 0 } => new FixedToken(user.Token),
        _ => null,
    };

    private static string BaseOf(KubeconfigCluster cluster)
    {
        string server = cluster.Server.Contains("://", StringComparison.Ordinal)
            ? cluster.Server
            : "https://" + cluster.Server;
        return Uri.TryCreate(server, UriKind.Absolute, out Uri? address) && address.Scheme is "https" or "http"
            ? server.TrimEnd('/')
            : throw new KubeconfigException($"\"{cluster.Server}\" is no URL of a server");
    }

    private SocketsHttpHandler Handler(X509Certificate2? given)
    {
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingTimeout,
            UseProxy = !string.IsNullOrEmpty(_cluster.ProxyUrl),
            Proxy = string.IsNullOrEmpty(_cluster.ProxyUrl) ? null : new WebProxy(_cluster.ProxyUrl),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = Validation();
        try
        {
            if (given is not null)
            {
                handler.SslOptions.ClientCertificateContext =
                    SslStreamCertificateContext.Create(given, null, offline: true);
            }
            else if (_user is { ClientCertificatePem.Length: > 0, ClientKeyPem.Length: > 0 })
            {
                X509Certificate2 certificate =
                    X509Certificate2.CreateFromPem(_user.ClientCertificatePem, _user.ClientKeyPem);
                X509Certificate2Collection chain = [];
                chain.ImportFromPem(_user.ClientCertificatePem);
                handler.SslOptions.ClientCertificateContext =
                    SslStreamCertificateContext.Create(certificate, chain, offline: true);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new KubeconfigException($"the client's certificate can't be used: {exception.Message}", exception);
        }

        return handler;
    }

    private RemoteCertificateValidationCallback? Validation()
    {
        if (_cluster.InsecureSkipTlsVerify)
        {
            return static (_, _, _, _) => true;
        }

        if (string.IsNullOrEmpty(_cluster.CertificateAuthorityPem))
        {
            return null;
        }

        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(_cluster.CertificateAuthorityPem);
        }
        catch (CryptographicException exception)
        {
            throw new KubeconfigException($"the authority can't be read: {exception.Message}", exception);
        }

        return (_, certificate, given, errors) => certificate is X509Certificate2 leaf
            && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0
            && IsSignedBy(authorities, leaf, given);
    }

    private static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate2 leaf, X509Chain? given)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (given is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(given.ChainPolicy.ExtraStore);
        }

        return chain.Build(leaf);
    }
}
