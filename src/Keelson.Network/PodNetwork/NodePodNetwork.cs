using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Client.Informers;
using Keelson.Network.Nft;

namespace Keelson.Network.PodNetwork;

/// <summary>
/// Connects a node's pods: writes the CNI configuration once the node has its ranges, lets pods out under the node's
/// address, and keeps routes to the pods of other nodes. A configuration that somebody else put there is respected:
/// then nothing is done.
/// </summary>
public sealed class NodePodNetwork : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly PodNetworkConfig _config;
    private readonly IInformer<Node> _nodes;
    private readonly INftables _nftables;
    private readonly NodeLinks _links;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _again;
    private readonly Task _running;
    private string _toldForeign = "";
    private string _masquerading = "";

    private NodePodNetwork(IInformers informers, PodNetworkConfig config)
    {
        _config = config;
        NodePrograms programs = new(config.NetworkNamespace);
        _nftables = new NftProgram(programs);
        _links = new(programs, config);
        _nodes = informers.Of<Node>();
        _nodes.Subscribe(OnNode);
        _again = config.Clock.CreateTimer(_ => _wake.Writer.TryWrite(true), null, LookAgain, LookAgain);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Completes when pods can be connected.</summary>
    public Task Ready => _first.Task;

    /// <summary>Starts.</summary>
    /// <param name="informers">Nodes.</param>
    /// <param name="config">The node, and how its pods are connected.</param>
    public static NodePodNetwork Start(IInformers informers, PodNetworkConfig config) => new(informers, config);

    /// <summary>Removes everything that the pod network leaves on its node. Pods must be gone before.</summary>
    public static async Task CleanUpAsync(PodNetworkConfig config, CancellationToken cancellationToken)
    {
        File.Delete(config.ConfigFile);
        NodePrograms programs = new(config.NetworkNamespace);
        NodeLinks links = new(programs, config);
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            foreach (AddressRange route in (await links.RoutesAsync(family, cancellationToken)).Keys)
            {
                await links.RemoveRouteAsync(route, cancellationToken);
            }
        }

        await links.RemoveLinkAsync(config.Tunnel, cancellationToken);
        await links.RemoveLinkAsync(config.Bridge, cancellationToken);
        await new NftProgram(programs).ApplyAsync(new NftTable("inet", config.TableName).Removal(), cancellationToken);
        string addresses = Path.Combine(config.DataDirectory, config.Bridge);
        if (Directory.Exists(addresses))
        {
            Directory.Delete(addresses, recursive: true);
        }
    }

    /// <summary>Stops. Everything stays, so that pods go on working.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _running;
        await _again.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Heartbeats change nodes all the time; only what concerns routes is looked at.</summary>
    private void OnNode(Node? old, Node? now)
    {
        if (old is null || now is null || !old.Spec.PodCIDRs.Equals(now.Spec.PodCIDRs)
            || old.Spec.PodCIDR != now.Spec.PodCIDR || !old.Status.Addresses.Equals(now.Status.Addresses))
        {
            _wake.Writer.TryWrite(true);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await _nodes.Synced.WaitAsync(_stop.Token);
            _wake.Writer.TryWrite(true);
            while (await _wake.Reader.WaitToReadAsync(_stop.Token))
            {
                _wake.Reader.TryRead(out _);
                try
                {
                    await SyncAsync();
                }
                catch (Exception exception) when (exception is NftException or NodeLinkException or IOException
                    or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
                {
                    _config.Log($"pod network: {exception.Message}");
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task SyncAsync()
    {
        IReadOnlyList<string> foreign = CniConfiguration.Foreign(_config);
        if (foreign.Count > 0)
        {
            if (_toldForeign != foreign[0])
            {
                _toldForeign = foreign[0];
                _config.Log($"pod network: {foreign[0]} connects pods here; nothing is done about it");
            }

            File.Delete(_config.ConfigFile);
            _first.TrySetResult();
            return;
        }

        if (_nodes.Find("", _config.NodeName) is not { } node || PodNeighbour.Of(node) is not { } self)
        {
            // The node has no range yet; its change wakes us.
            return;
        }

        await _links.ForwardAsync(_stop.Token);
        (_, int mtu) = await _links.UplinkAsync(self.Address, _stop.Token);
        await MasqueradeAsync(self);
        await RouteAsync(self);
        int podMtu = _config.Mtu > 0 ? _config.Mtu : mtu;
        CniConfiguration.Write(_config, CniConfiguration.Compose(_config, self.Ranges, podMtu));
        _first.TrySetResult();
    }

    private async Task MasqueradeAsync(PodNeighbour self)
    {
        NftTable table = Masquerading(self);
        string? listing = await _nftables.ListAsync(table.Family, table.Name, _stop.Token);
        if (listing is null || _masquerading != table.Everything() || !NftListing.Parse(listing).Shows(table))
        {
            _masquerading = table.Everything();
            await _nftables.ApplyAsync(_masquerading, _stop.Token);
        }
    }

    private async Task RouteAsync(PodNeighbour self)
    {
        List<PodNeighbour> others = [];
        foreach (Node node in _nodes.List())
        {
            if (node.Metadata.Name != _config.NodeName && PodNeighbour.Of(node) is { } other)
            {
                others.Add(other);
            }
        }

        IReadOnlyList<AddressRange> networks = await _links.OnLinkAsync(_stop.Token);
        IReadOnlyList<PodRoute> routes = PodRoutes.Compute(
            others, _config.Routing, address => networks.Any(one => one.Contains(address)));
        if (routes.Any(static one => one.Link is not null))
        {
            await _links.PutTunnelAsync(self.Address, self.Ranges, _stop.Token);
        }

        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            await RouteAsync([.. routes.Where(one => one.Range.Family == family)], family);
        }
    }

    /// <summary>Puts the routes that are not there, and removes those that should not be.</summary>
    private async Task RouteAsync(IReadOnlyList<PodRoute> routes, AddressFamily family)
    {
        IReadOnlyDictionary<AddressRange, string> present = await _links.RoutesAsync(family, _stop.Token);
        foreach (PodRoute route in routes)
        {
            if (present.GetValueOrDefault(route.Range) == route.Gateway.ToString())
            {
                continue;
            }

            if (route.Link is not null)
            {
                await _links.PutTunnelEndAsync(route, _stop.Token);
            }

            await _links.PutRouteAsync(route, _stop.Token);
        }

        HashSet<AddressRange> wanted = [.. routes.Select(static one => one.Range)];
        foreach (AddressRange route in present.Keys.Where(one => !wanted.Contains(one)))
        {
            await _links.RemoveRouteAsync(route, _stop.Token);
        }
    }

    /// <summary>What pods send to places that are not the cluster's takes the node's address: nobody out there knows
    /// the
    /// way back to a pod.</summary>
    private NftTable Masquerading(PodNeighbour self)
    {
        NftTable table = new("inet", _config.TableName);
        List<string> rules = [];
        foreach (AddressRange range in self.Ranges)
        {
            string family = range.Family == AddressFamily.InterNetwork ? "ip" : "ip6";
            List<string> inside = [];
            foreach (string text in _config.ClusterRanges)
            {
                if (AddressRange.TryParse(text, out AddressRange one) && one.Family == range.Family)
                {
                    inside.Add(one.ToString());
                }
            }

            if (inside.Count > 0)
            {
                string others = range.Family == AddressFamily.InterNetwork ? "224.0.0.0/4" : "ff00::/8";
                rules.Add($"{family} saddr {range} {family} daddr != {{ {string.Join(", ", inside)}, {others} }} "
                    + "masquerade fully-random");
            }
        }

        table.Put(new NftChain("postrouting", "type nat hook postrouting priority 110;", [.. rules]));
        return table;
    }
}
