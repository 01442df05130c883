using Keelson.Api.Meta.V1;
using Keelson.Api.Metrics.V1Beta1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Autoscalers;

/// <summary>
/// The metrics that the API serves: of resources those of metrics.k8s.io, of all else those of the servers behind it.
/// </summary>
internal sealed class ServedMetrics(IApiClient client, TimeProvider clock) : IMetricsSource
{
    private const string Prefix = "unable to fetch metrics from resource metrics API: ";
    private readonly AbsentMetrics _absent = new();

    private readonly IMetricsSource _foreign =
        client is IRawReads reads ? new ForeignMetrics(reads, clock) : new AbsentMetrics();

    /// <inheritdoc/>
    public ValueTask<MetricsAnswer> FetchAsync(MetricsQuery query, CancellationToken cancellationToken) =>
        query.Api == MetricsApi.Resource
            ? ResourceAsync(query, cancellationToken)
            : _foreign.FetchAsync(query, cancellationToken);

    private async ValueTask<MetricsAnswer> ResourceAsync(MetricsQuery query, CancellationToken cancellationToken)
    {
        Keelson.Api.Kinds.ApiResult<IReadOnlyList<PodMetrics>> listed = await client.ListAsync<PodMetrics>(
            query.Namespace, new ListRequest { LabelSelector = query.Pods }, cancellationToken);
        if (!listed.TryGet(out IReadOnlyList<PodMetrics>? pods, out Status? error))
        {
            return error.Code == 404
                ? await _absent.FetchAsync(query, cancellationToken)
                : MetricsAnswer.Failed(Prefix + error.Message);
        }

        return pods.Count == 0
            ? MetricsAnswer.Failed("no metrics returned from resource metrics API")
            : Read(pods, query);
    }

    /// <summary>The values of the pods that have one for every container that counts.</summary>
    internal static MetricsAnswer Read(IReadOnlyList<PodMetrics> pods, MetricsQuery query)
    {
        Dictionary<string, MetricSample> samples = new(StringComparer.Ordinal);
        foreach (PodMetrics pod in pods)
        {
            long milli = 0;
            bool isMissing = false;
            bool isFound = false;
            foreach (ContainerMetrics container in pod.Containers)
            {
                if (query.Container.Length > 0 && container.Name != query.Container)
                {
                    continue;
                }

                isFound = true;
                isMissing |= !container.Usage.TryGetValue(query.Metric, out Quantity used);
                milli += used.MilliValue;
            }

            if (!isFound && query.Container.Length > 0)
            {
                return MetricsAnswer.Failed($"container {query.Container} not present in metrics for pod "
                    + $"{pod.Metadata.Namespace}/{pod.Metadata.Name}");
            }

            if (!isMissing)
            {
                samples[pod.Metadata.Name] = new MetricSample(milli, pod.Timestamp.Instant, pod.Window.Span);
            }
        }

        return new MetricsAnswer(samples, 0, "");
    }
}
