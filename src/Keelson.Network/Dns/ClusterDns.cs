using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Api.Discovery.V1;
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
    // What kubeadm's Corefile says (max_concurrent).
    private const int MostForwarded = 1000;
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
    private readonly Task<List<PageServer>> _pages;
    private readonly DnsMetrics _metrics = new();
    private readonly DnsCounters _shared;
    private readonly DnsForwarder _forwarder;
    private readonly DateTimeOffset _started;
    private readonly CorefileUpkeep _corefile;
    private int _forwarding;

    private ClusterDns(IInformers informers, ClusterDnsConfig config)
    {
        _config = config;
        _shared = _metrics.Add();
        _zone = new(informers, config.Domain, () => config.ServiceAddress, config.Clock);
        _forwarder = new(config, _metrics, _stop.Token);
        _responder = new(_zone, _forwarder, _metrics, DnsSettings.Of(config));
        _corefile = new(informers.Of<ConfigMap>(), config, _metrics, Take);
        _started = config.Clock.GetUtcNow();
        informers.Of<EndpointSlice>().Subscribe(OnSlice);
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

    /// <summary>What the server measures of itself, as Prometheus reads it.</summary>
    internal string MetricsText => _metrics.Text(_forwarder.Kept);

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
        await _corefile.DisposeAsync();
        foreach (Socket one in _sockets)
        {
            one.Dispose();
        }

        foreach (Thread one in _threads)
        {
            one.Join();
        }

        await Task.WhenAll(_listening);
        foreach (PageServer one in await _pages)
        {
            await one.DisposeAsync();
        }

        _forwarder.Dispose();
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
        byte[] response = new byte[DnsLimits.MostUdpSize];
        SocketAddress client = new(socket.AddressFamily);
        DnsCounters counters = _metrics.Add();
        DnsTransport transport = new(IsUdp: true, socket.AddressFamily == AddressFamily.InterNetworkV6);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                int length = socket.ReceiveFrom(request, SocketFlags.None, client);
                long started = _config.Clock.GetTimestamp();
                int answer = _responder.Answer(
                    request.AsSpan(0, length), response, client, isUdp: true,
                    out DnsPending? pending, out DnsOutcome outcome);
                if (answer < 0 && !Forward(socket, request[..length], Copy(client), pending!, started))
                {
                    _metrics.Rejected();
                    outcome = new(pending!.Query.Type, DnsCode.Refused, DnsSource.Forward);
                    answer = DnsResponder.Refuse(request.AsSpan(0, length), response, pending.Query, DnsCode.Refused);
                }

                if (answer > 0)
                {
                    socket.SendTo(response.AsSpan(0, answer), SocketFlags.None, client);
                    counters.Count(transport, length, answer, outcome, _config.Clock.GetElapsedTime(started));
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

    /// <summary>Asks others on the side; false when too many wait already.</summary>
    private bool Forward(Socket socket, byte[] request, SocketAddress client, DnsPending pending, long started)
    {
        int most = _responder.MostConcurrent is > 0 and int told ? told : MostForwarded;
        if (Interlocked.Increment(ref _forwarding) > most)
        {
            Interlocked.Decrement(ref _forwarding);
            return false;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                byte[] response = new byte[pending.Query.UdpSize];
                (int answer, DnsOutcome outcome) =
                    await _responder.AnswerAsync(request, response, isUdp: true, pending);
                socket.SendTo(response.AsSpan(0, answer), SocketFlags.None, client);
                DnsTransport transport = new(IsUdp: true, socket.AddressFamily == AddressFamily.InterNetworkV6);
                _shared.Count(
                    transport, request.Length, answer, outcome, _config.Clock.GetElapsedTime(started));
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
        return true;
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
            SocketAddress client = connection.RemoteEndPoint!.Serialize();
            bool isIPv6 = connection.AddressFamily == AddressFamily.InterNetworkV6;
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
                long started = _config.Clock.GetTimestamp();
                int answer = _responder.Answer(
                    request, response.AsSpan(2), client, isUdp: false,
                    out DnsPending? pending, out DnsOutcome outcome);
                if (answer < 0)
                {
                    (answer, outcome) =
                        await _responder.AnswerAsync(request, response.AsMemory(2), isUdp: false, pending!);
                }

                if (answer == 0)
                {
                    return;
                }

                BinaryPrimitives.WriteUInt16BigEndian(response, (ushort)answer);
                await stream.WriteAsync(response.AsMemory(0, 2 + answer), _stop.Token);
                _shared.Count(
                    new(IsUdp: false, isIPv6), request.Length, answer, outcome, _config.Clock.GetElapsedTime(started));
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

    private void OnSlice(EndpointSlice? old, EndpointSlice? now)
    {
        const string triggered = "endpoints.kubernetes.io/last-change-trigger-time";
        if (now is not null && now.Metadata.Labels.ContainsKey("service.kubernetes.io/headless")
            && now.Metadata.Annotations.TryGetValue(triggered, out string? text)
            && text != old?.Metadata.Annotations.GetValueOrDefault(triggered)
            && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            && time >= _started)
        {
            _metrics.Programmed(_config.Clock.GetUtcNow() - time);
        }
    }

    private void Take(DnsSettings settings, IReadOnlyList<DnsLoopCheck> loops)
    {
        _responder.Take(settings, loops);
        foreach (DnsLoopCheck one in loops)
        {
            _ = Task.Run(() => one.RunAsync(_forwarder, _config.Clock, _stop.Token));
        }
    }

    private async Task<List<PageServer>> ServePagesAsync()
    {
        List<PageServer> pages = [];
        foreach (IPEndPoint address in _config.PageAddresses)
        {
            try
            {
                pages.Add(await PageServer.StartAsync(address, AnswerPageAsync, _stop.Token));
            }
            catch (Exception exception)
                when (exception is IOException or SocketException or OperationCanceledException)
            {
                _config.Log($"dns: {exception.Message}");
            }
        }

        return pages;
    }

    private Task AnswerPageAsync(HttpContext context)
    {
        (int code, string type, string text) = context.Request.Path.Value switch
        {
            "/ready" when Ready.IsCompletedSuccessfully => (200, "text/plain; charset=utf-8", "OK"),
            "/ready" => (503, "text/plain; charset=utf-8", "kubernetes"),
            "/health" => (200, "text/plain; charset=utf-8", "OK"),
            "/metrics" => (200, MetricText.ContentType, MetricsText),
            _ => (404, "text/plain; charset=utf-8", "404 page not found\n"),
        };
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text);
    }
}
