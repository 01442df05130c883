using Keelson.Server.Health;
using Keelson.Server.Metrics;

namespace Keelson.Server.Tests.Health;

public sealed class HealthEndpointTests
{
    private readonly HealthChecks _checks = new();
    private readonly ServerMetrics _metrics = new();
    private readonly List<string> _log = [];

    private HealthEndpoint Endpoint =>
        field ??= new(_checks, _metrics.Health, (name, why) => _log.Add(name + ": " + why));

    [Fact]
    public async Task A_server_is_not_well_before_its_hooks_are_done()
    {
        EndpointAnswer before = await EndpointAnswer.GetAsync(Endpoint, "/readyz");
        Assert.Equal(500, before.Code);
        Assert.Contains("[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\n", before.Text,
            StringComparison.Ordinal);
        Assert.EndsWith("readyz check failed\n", before.Text, StringComparison.Ordinal);
        Assert.Contains("[-]poststarthook/rbac/bootstrap-roles failed: not finished", _log[0],
            StringComparison.Ordinal);
        _checks.Finish("rbac/bootstrap-roles");
        Assert.Equal("ok", (await EndpointAnswer.GetAsync(
            Endpoint, "/readyz/poststarthook/rbac/bootstrap-roles")).Text);
        _checks.FinishStart();
        Assert.Equal("ok", (await EndpointAnswer.GetAsync(Endpoint, "/readyz")).Text);
    }

    [Fact]
    public async Task A_failing_check_fails_what_runs_it_unless_it_is_excluded()
    {
        _checks.FinishStart();
        _checks.Set("etcd", _ => ValueTask.FromResult<string?>("no answer"));
        Assert.Equal(500, (await EndpointAnswer.GetAsync(Endpoint, "/livez")).Code);
        Assert.Equal(200, (await EndpointAnswer.GetAsync(Endpoint, "/readyz")).Code);
        Assert.Equal("internal server error: no answer\n",
            (await EndpointAnswer.GetAsync(Endpoint, "/livez/etcd")).Text);
        EndpointAnswer excluded = await EndpointAnswer.GetAsync(Endpoint, "/livez?verbose&exclude=etcd&exclude=nope");
        Assert.Equal(200, excluded.Code);
        Assert.StartsWith("[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n", excluded.Text, StringComparison.Ordinal);
        Assert.EndsWith(
            "warn: some health checks cannot be excluded: no matches for \"nope\"\nlivez check passed\n", excluded.Text,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_shuts_down_lives_but_is_not_ready()
    {
        _checks.FinishStart();
        _checks.BeginShutdown();
        Assert.Equal(200, (await EndpointAnswer.GetAsync(Endpoint, "/livez")).Code);
        Assert.Contains(
            "[-]shutdown failed: reason withheld", (await EndpointAnswer.GetAsync(Endpoint, "/readyz")).Text,
                StringComparison.Ordinal);
        Assert.False(Endpoint.Serves("/healthz/"));
        Assert.False(Endpoint.Serves("/livez/no-such-check"));
    }

    [Fact]
    public async Task Results_are_counted_as_service_levels()
    {
        await EndpointAnswer.GetAsync(Endpoint, "/livez/ping");
        string text = (await EndpointAnswer.GetAsync(new MetricsEndpoint(_metrics), "/metrics/slis")).Text;
        Assert.Contains("kubernetes_healthcheck{name=\"ping\",type=\"livez\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"livez\"} 1\n", text,
            StringComparison.Ordinal);
    }
}
