using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Keelson.Client.Informers;
using Microsoft.AspNetCore.Http;

namespace Keelson.Network.Dns;

/// <summary>
/// The cluster's DNS server. Names of the cluster are answered on the thread that receives the question; only names of
/// others wait for anything.
/// </summary>
public sealed class ClusterDns : IAsyncDisposable
{
    private const int MostConnections = 1000;
    private const int MostForwarded = 4096;
    private const int ReceiveBuffer = 4 * 1024 * 1024;
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(10);

    private readonly ClusterDnsConfig _config;
    private readonly ClusterZone _zone;
    private readonly DnsResponder _responder;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Thread> _threads = [];
    private readonly List<Task> _listening = [];
    private readonly SemaphoreSlim _connections = new(MostConnections);
    private readonly Task<PageServer?> _pages;
    private int _forwarding;

    private ClusterDns(IInformers informers, ClusterDnsConfig config)
    {
        _config = config;
        _zone = new(informers, config.Domain, () => config.ServiceAddress);
        _responder = new(_zone, new(config, _stop.Token), config.TtlSeconds);
        Ready = _zone.Synced;
        Endpoints = [.. config.Addresses.Select(Listen)];
        _pages = ServePagesAsync();
    }

    /// <summary>Completes when all names that were there at the start are known. Questions are answered before, from
    /// what
    /// is known.</summary>
    public Task Ready { get; }

    /// <summary>Where questions are taken; ports are the real ones.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; }

    /// <summary>Starts the server.</summary>
    /// <param name="informers">Services, endpoint slices, namespaces.</param>
    /// <param name="config">Addresses, domain, other servers.</param>
    /// <exception cref="SocketException">An address is taken.</exception>
    public static ClusterDns Start(IInformers informers, ClusterDnsConfig config) => new(informers, config);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        foreach (Socket one in _sockets)
        {
            one.Dispose();
        }

        foreach (Thread one in _threads)
        {
            one.Join();
        }

        await Task.WhenAll(_listening);
        if (await _pages is { } pages)
        {
            await pages.DisposeAsync();
        }
    }

    private IPEndPoint Listen(IPEndPoint address)
    {
        Socket tcp = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(tcp);
        tcp.Bind(address);
        tcp.Listen(512);
        IPEndPoint bound = (IPEndPoint)tcp.LocalEndPoint!;
        Socket udp = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = ReceiveBuffer,

            // So that a thread sees that it is to end, whatever becomes of the socket it waits for.
            ReceiveTimeout = 1000,
        };
        _sockets.Add(udp);
        udp.Bind(bound);
        _listening.Add(Task.Run(() => AcceptAsync(tcp)));
        for (int i = 0; i < Math.Clamp(Environment.ProcessorCount / 2, 1, 4); i++)
        {
            Thread thread = new(() => Receive(udp)) { IsBackground = true, Name = "dns" };
            _threads.Add(thread);
            thread.Start();
        }

        return bound;
    }

    private void Receive(Socket socket)
    {
        // An answer takes microseconds; what clients wait for on a busy node is that the thread gets its turn.
        ThreadPriorities.Raise();
        byte[] request = new byte[4096];
        byte[] response = new byte[DnsLimits.UdpSize];
        SocketAddress client = new(socket.AddressFamily);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                int length = socket.ReceiveFrom(request, SocketFlags.None, client);
                int answer = _responder.Answer(request.AsSpan(0, length), response, isUdp: true, out DnsQuery query);
                if (answer > 0)
                {
                    socket.SendTo(response.AsSpan(0, answer), SocketFlags.None, client);
                }
                else if (answer < 0)
                {
                    Forward(socket, request[..length], Copy(client), query);
                }
            }
            catch (SocketException)
            {
                // Nothing came for a while, or a client is gone.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static SocketAddress Copy(SocketAddress address)
    {
        SocketAddress copy = new(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }

    /// <summary>Asks others on the side. When too many wait already the client is left to ask again.</summary>
    private void Forward(Socket socket, byte[] request, SocketAddress client, DnsQuery query)
    {
        if (Interlocked.Increment(ref _forwarding) > MostForwarded)
        {
            Interlocked.Decrement(ref _forwarding);
            return;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                byte[] response = new byte[DnsLimits.UdpSize];
                int answer = await _responder.AnswerAsync(request, response, isUdp: true, query);
                socket.SendTo(response.AsSpan(0, answer), SocketFlags.None, client);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The client is gone, or the server.
            }
            finally
            {
                Interlocked.Decrement(ref _forwarding);
            }
        });
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _connections.WaitAsync(_stop.Token);
                Socket connection = await listener.AcceptAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(connection));
            }
            catch (Exception exception)
                when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                _connections.Release();
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            await using NetworkStream stream = new(connection, ownsSocket: true);
            byte[] head = new byte[2];
            byte[] response = new byte[2 + DnsLimits.TcpSize];
            while (true)
            {
                using CancellationTokenSource patience = new(IdleConnection, _config.Clock);
                using CancellationTokenSource either =
                    CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
                await stream.ReadExactlyAsync(head, either.Token);
                byte[] request = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
                await stream.ReadExactlyAsync(request, either.Token);
                int answer = _responder.Answer(request, response.AsSpan(2), isUdp: false, out DnsQuery query);
                if (answer < 0)
                {
                    answer = await _responder.AnswerAsync(request, response.AsMemory(2), isUdp: false, query);
                }

                if (answer == 0)
                {
                    return;
                }

                BinaryPrimitives.WriteUInt16BigEndian(response, (ushort)answer);
                await stream.WriteAsync(response.AsMemory(0, 2 + answer), _stop.Token);
            }
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is done.
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<PageServer?> ServePagesAsync()
    {
        if (_config.ReadyAddress is not { } address)
        {
            return null;
        }

        try
        {
            return await PageServer.StartAsync(address, AnswerPageAsync, _stop.Token);
        }
        catch (IOException exception)
        {
            _config.Log($"dns: {exception.Message}");
            return null;
        }
    }

    private Task AnswerPageAsync(HttpContext context)
    {
        (int code, string text) = context.Request.Path.Value switch
        {
            "/ready" when Ready.IsCompletedSuccessfully => (200, "OK"),
            "/ready" => (503, "kubernetes"),
            "/health" => (200, "OK"),
            "/metrics" => (200, $"""
                # HELP coredns_dns_requests_total Counter of DNS requests made per zone, protocol and family.
                # TYPE coredns_dns_requests_total counter
                coredns_dns_requests_total {_responder.Requests}
                # HELP coredns_forward_requests_total Counter of requests that other servers were asked for.
                # TYPE coredns_forward_requests_total counter
                coredns_forward_requests_total {_responder.Forwarded}

                """),
            _ => (404, "404 page not found\n"),
        };
        context.Response.StatusCode = code;
        return context.Response.WriteAsync(text);
    }
}
