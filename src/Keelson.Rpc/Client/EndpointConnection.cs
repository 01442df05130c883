using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Keelson.Rpc.Client;

/// <summary>One server: its HTTP/2 connections, and whether it is worth asking now.</summary>
internal sealed class EndpointConnection : IDisposable
{
    // gRPC's connection backoff without the jitter: 1 s, 1.6 s, 2.56 s, … up to two minutes.
    private const double BackoffFactor = 1.6;
    private static readonly TimeSpan BackoffFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromMinutes(2);

    private readonly RpcChannelConfig config;
    private readonly HttpMessageInvoker invoker;
    private readonly Uri origin;
    private readonly Lock guard = new();
    private int failures;
    private DateTimeOffset restsUntil = DateTimeOffset.MinValue;

    public EndpointConnection(RpcEndpoint endpoint, RpcChannelConfig config)
    {
        Endpoint = endpoint;
        this.config = config;
        origin = new Uri($"{(endpoint.UsesTls ? "https" : "http")}://{endpoint.Authority}/");
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = (_, cancellation) => DialAsync(cancellation),
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = config.KeepAliveDelay,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingTimeout = config.KeepAliveTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(30),
            UseCookies = false,
            UseProxy = false,
        });
    }

    public RpcEndpoint Endpoint { get; }

    /// <summary>Until when others are asked first, because the last dial failed.</summary>
    public DateTimeOffset RestsUntil
    {
        get
        {
            lock (guard)
            {
                return restsUntil;
            }
        }
    }

    /// <summary>Sends the call. Throws <see cref="RpcDialException"/> when nothing left this machine.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string path, HttpContent content, Action<HttpRequestMessage> addHeaders, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(origin, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        addHeaders(request);
        try
        {
            HttpResponseMessage response = await invoker.SendAsync(request, cancellation).ConfigureAwait(false);
            Succeeded();
            return response;
        }
        catch (Exception exception) when (RpcDialException.In(exception) is { } dial)
        {
            Failed();
            throw dial;
        }
    }

    public void Dispose() => invoker.Dispose();

    private void Succeeded()
    {
        lock (guard)
        {
            failures = 0;
            restsUntil = DateTimeOffset.MinValue;
        }
    }

    private void Failed()
    {
        lock (guard)
        {
            double seconds = BackoffFirst.TotalSeconds * Math.Pow(BackoffFactor, Math.Min(failures, 32));
            failures++;
            restsUntil = config.Time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(seconds, BackoffMax.TotalSeconds));
        }
    }

    private async ValueTask<Stream> DialAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(config.DialTimeout, config.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        Stream stream = await ConnectAsync(either.Token).ConfigureAwait(false);
        if (!Endpoint.UsesTls)
        {
            return stream;
        }

        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(config.Tls.Handshake(Endpoint), either.Token).ConfigureAwait(false);
            return tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
                ? tls
                : throw new IOException("cannot check peer: missing selected ALPN property");
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw RpcDialException.Handshaking(exception);
        }
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = Endpoint.UnixPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            EndPoint target = Endpoint.UnixPath is { } path
                ? new UnixDomainSocketEndPoint(path)
                : IPAddress.TryParse(Endpoint.Host, out IPAddress? address)
                    ? new IPEndPoint(address, Endpoint.Port)
                    : new DnsEndPoint(Endpoint.Host, Endpoint.Port);
            await socket.ConnectAsync(target, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw RpcDialException.Dialing(Endpoint, exception);
        }
    }
}
