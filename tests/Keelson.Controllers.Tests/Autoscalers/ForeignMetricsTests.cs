using System.Text;
using Keelson.Api.Autoscaling.V2;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Controllers.Autoscalers;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.Autoscalers;

public sealed class ForeignMetricsTests
{
    private const string Group = """{"kind":"APIGroup","preferredVersion":{"version":"v1beta2"}}""";

    private static readonly MetricsQuery Pods = new(MetricsApi.Pods, "shop", "qps") { Pods = "app=web" };

    private readonly Dictionary<string, string> _answers = [];

    [Fact]
    public async Task Pods_are_asked_for_by_their_selector_and_measured_by_name()
    {
        _answers["/apis/custom.metrics.k8s.io"] = Group;
        _answers["/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/%2A/qps?labelSelector=app%3Dweb"] =
            """
            {"items":[
            {"describedObject":{"name":"web-0"},"timestamp":"2026-01-02T03:04:05Z","value":"1500m"},
            {"describedObject":{"kind":"Pod","name":"web-1"},"windowSeconds":30,"value":"2"}]}
            """;
        MetricsAnswer answer = await AskAsync(Pods);
        Assert.Equal("", answer.Error);
        Assert.Equal([("web-0", 1500L, 60d), ("web-1", 2000L, 30d)], answer.Pods.Select(
            static one => (one.Key, one.Value.Milli, one.Value.Window.TotalSeconds)));
    }

    [Fact]
    public async Task An_object_is_asked_for_by_its_resource()
    {
        _answers["/apis/custom.metrics.k8s.io"] = Group;
        _answers["/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/ingresses.networking.k8s.io/main/hits"] =
            """{"items":[{"describedObject":{"name":"main"},"value":"10k"}]}""";
        _answers["/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/metrics/hits"] = """{"items":[]}""";
        MetricsQuery query = new(MetricsApi.Object, "shop", "hits")
        {
            Object = new() { ApiVersion = "networking.k8s.io/v1", Kind = "Ingress", Name = "main" },
        };
        Assert.Equal(10_000_000, (await AskAsync(query)).Milli);
        query = query with { Object = new() { ApiVersion = "v1", Kind = "Namespace", Name = "shop" } };
        Assert.Equal(
            "unable to fetch metrics from custom metrics API: "
            + "the custom metrics API server returned 0 results when we asked for exactly one",
            (await AskAsync(query)).Error);
    }

    [Fact]
    public async Task The_series_of_an_external_metric_add_up()
    {
        _answers["/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/depth?labelSelector=queue%3Din"] =
            """{"items":[{"metricName":"depth","value":"3"},{"metricName":"depth","value":"500m"}]}""";
        MetricsQuery query = new(MetricsApi.External, "shop", "depth")
        {
            Series = new LabelSelector { MatchLabels = ApiMap<string>.Empty.With("queue", "in") },
        };
        Assert.Equal(3500, (await AskAsync(query)).Milli);
    }

    [Fact]
    public async Task What_is_not_served_or_refused_is_said_in_upstreams_words()
    {
        Assert.Equal(
            "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered",
            (await AskAsync(Pods)).Error);
        Assert.Equal(
            "unable to fetch metrics from external metrics API: the server could not find the requested resource "
            + "(get depth.external.metrics.k8s.io)",
            (await AskAsync(new(MetricsApi.External, "shop", "depth"))).Error);
        _answers["/apis/custom.metrics.k8s.io"] = Group;
        Assert.Equal(
            "unable to fetch metrics from custom metrics API: the server could not find the requested resource",
            (await AskAsync(Pods)).Error);
        _answers["/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/%2A/qps?labelSelector=app%3Dweb"] =
            """{"items":[]}""";
        Assert.Equal("no metrics returned from custom metrics API", (await AskAsync(Pods)).Error);
        _answers["/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/%2A/qps?labelSelector=app%3Dweb"] =
            """{"items":[{"value":"many"}]}""";
        Assert.StartsWith(
            "unable to fetch metrics from custom metrics API: ", (await AskAsync(Pods)).Error,
            StringComparison.Ordinal);
    }

    private async Task<MetricsAnswer> AskAsync(MetricsQuery query) =>
        await new ForeignMetrics(new Reads(_answers), TimeProvider.System)
            .FetchAsync(query, TestContext.Current.CancellationToken);

    private sealed class Reads(Dictionary<string, string> answers) : IRawReads
    {
        public ValueTask<ApiResult<byte[]>> ReadAsync(string pathAndQuery, CancellationToken cancellationToken)
        {
            return ValueTask.FromResult(answers.TryGetValue(pathAndQuery, out string? answer)
                ? ApiResult<byte[]>.Of(Encoding.UTF8.GetBytes(answer))
                : ApiErrors.NoSuchResource());
        }
    }
}
