using System.Collections.Concurrent;
using System.Net.Http;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Server.Connections.Backends;
using Keelson.Server.Connections.Kubelets;

namespace Keelson.Server.ResourceMetrics;

/// <summary>Asks all kubelets in turn what is used, and keeps the last two answers of each.</summary>
internal sealed class KubeletScraper(
    ResourceMetricsConfig config,
    IObjectLookup lookup,
    KubeletLocator kubelets,
    BackendTransport transport,
    TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Kubelets that are asked at once.</summary>
    private const int Parallel = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (NodeUsage Before, NodeUsage Now)> _nodes =
        new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>A scraper as the configuration wants it; null for none.</summary>
    public static KubeletScraper? Create(ApiServerConfig config, IObjectLookup lookup) =>
        config.ResourceMetrics is not { } metrics ? null : new KubeletScraper(
            metrics,
            lookup,
            new KubeletLocator(lookup, config.Kubelets),
            new BackendTransport(new BackendTls(config.KubeletClientCertificate, config.Kubelets.Authorities)),
            config.Clock);

    /// <summary>How often kubelets are asked.</summary>
    public TimeSpan Resolution => config.Resolution;

    /// <summary>The last two answers of a node's kubelet.</summary>
    public (NodeUsage Before, NodeUsage Now) Of(string node) =>
        _nodes.TryGetValue(node, out var known) ? known : (NodeUsage.None, NodeUsage.None);

    /// <summary>Begins to ask.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        transport.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using PeriodicTimer timer = new(config.Resolution, clock);
            do
            {
                await RoundAsync();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task RoundAsync()
    {
        string[] names = [.. lookup.List<Node>().Select(static one => one.Metadata.Name)];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Parallel, CancellationToken = _stop.Token };
        await System.Threading.Tasks.Parallel.ForEachAsync(names, options, async (name, cancellation) =>
        {
            // What a node told that does not answer any more is of no use after a while.
            (NodeUsage Before, NodeUsage Now) known = Of(name);
            _nodes[name] = await AskAsync(name, cancellation) is { } text
                ? Next(known, ResourceMetricsText.Read(text, clock.GetUtcNow()))
                : (NodeUsage.None, NodeUsage.None);
        });
        foreach (string gone in _nodes.Keys.Except(names))
        {
            _nodes.TryRemove(gone, out _);
        }
    }

    /// <summary>An answer with the times of the last one tells nothing new; kubelets measure when they like.</summary>
    private static (NodeUsage Before, NodeUsage Now) Next((NodeUsage Before, NodeUsage Now) known, NodeUsage told) =>
        told.Node?.At == known.Now.Node?.At ? known with { Now = told } : (known.Now, told);

    private async ValueTask<string?> AskAsync(string node, CancellationToken cancellation)
    {
        try
        {
            return await config.InProcess(node, cancellation) ?? await DialAsync(node, cancellation);
        }
        catch (Exception exception) when (exception is BackendException or IOException
            || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private async ValueTask<string?> DialAsync(string node, CancellationToken cancellation)
    {
        if (!kubelets.Find(node).TryGet(out KubeletAddress? address, out Status? _))
        {
            return null;
        }

        using CancellationTokenSource patience = new(Patience, clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        using HttpRequestMessage request = new(HttpMethod.Get, (Uri?)null);
        BackendUrl url = new("https", address.Host, address.Port, "/metrics/resource", "");
        request.Headers.Host = url.Authority;
        using HttpResponseMessage response = await transport.SendAsync(url, request, either.Token);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(either.Token) : null;
    }
}
