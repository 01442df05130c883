using System.Net;
using System.Net.Sockets;
using Keelson.Api.Core.V1;
using Keelson.Network.Proxy;
using static Keelson.Network.Tests.Objects;

namespace Keelson.Network.Tests.Proxy;

/// <summary>What monitoring and load balancers see of the proxy.</summary>
public sealed class ProxyPagesTests : IAsyncDisposable
{
    private readonly ServiceProxyConfig _config;
    private readonly ProxyHealth _health;
    private readonly ProxyMetrics _metrics = new(TimeProvider.System);
    private readonly ProxyPages _pages;
    private readonly HttpClient _client = new();

    public ProxyPagesTests()
    {
        _config = new()
        {
            NodeName = ThisNode, HealthAddress = Free(), MetricsAddress = Free(), Configz = "{\"a\":1}",
        };
        _health = new(_config);
        _pages = new(_config, _health, _metrics);
    }

    [Fact]
    public async Task A_node_that_is_to_be_deleted_is_not_eligible_but_the_proxy_lives()
    {
        (HttpStatusCode code, string text) = await GetAsync(_config.HealthAddress!, "/healthz");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Matches("""^\{"lastUpdated": ".* UTC","currentTime": ".* UTC", "nodeEligible": true\}$""", text);
        Node node = Node();
        _health.SetNode(node with
        {
            Spec = node.Spec with
            {
                Taints = new[] { new Taint { Key = "ToBeDeletedByClusterAutoscaler", Effect = "NoSchedule" } },
            },
        });
        (code, text) = await GetAsync(_config.HealthAddress!, "/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
        Assert.EndsWith("\"nodeEligible\": false}", text);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(_config.HealthAddress!, "/livez")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(_config.HealthAddress!, "/metrics")).Code);
        text = (await GetAsync(_config.MetricsAddress!, "/metrics")).Text;
        Assert.Contains("kubeproxy_proxy_healthz_total{code=\"200\"} 1\n", text);
        Assert.Contains("kubeproxy_proxy_healthz_total{code=\"503\"} 1\n", text);
        Assert.Contains("kubeproxy_proxy_livez_total{code=\"200\"} 1\n", text);
    }

    [Fact]
    public async Task The_port_for_metrics_tells_mode_health_and_configuration()
    {
        Assert.Equal("ok", (await GetAsync(_config.MetricsAddress!, "/healthz")).Text);
        Assert.Equal("nftables", (await GetAsync(_config.MetricsAddress!, "/proxyMode")).Text);
        Assert.Equal("{\"a\":1}", (await GetAsync(_config.MetricsAddress!, "/configz")).Text);
        _metrics.ServiceChanged(new("default", "web"));
        _metrics.EndpointsChanged(new("default", "web"), DateTimeOffset.UtcNow.AddHours(1));
        string text = (await GetAsync(_config.MetricsAddress!, "/metrics")).Text;
        Assert.Contains("kubeproxy_sync_proxy_rules_service_changes_pending 1\n", text);
        _metrics.Synced(TimeSpan.FromMilliseconds(3), isFull: true, [(0, 2), default]);
        text = (await GetAsync(_config.MetricsAddress!, "/metrics")).Text;
        Assert.Contains("kubeproxy_sync_proxy_rules_service_changes_pending 0\n", text);
        Assert.Contains(
            "kubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.004\"} 1\n", text);
        Assert.Contains("kubeproxy_network_programming_duration_seconds_count{ip_family=\"IPv6\"} 1\n", text);
        Assert.Contains("kubeproxy_sync_proxy_rules_no_local_endpoints_total"
            + "{ip_family=\"IPv4\",traffic_policy=\"external\"} 2\n", text);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _pages.DisposeAsync();
    }

    private async Task<(HttpStatusCode Code, string Text)> GetAsync(IPEndPoint place, string path)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                using HttpResponseMessage answer = await _client.GetAsync(
                    new Uri($"http://{place}{path}"), TestContext.Current.CancellationToken);
                return (answer.StatusCode,
                    await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
            catch (HttpRequestException) when (i < 100)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    private static IPEndPoint Free()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
