using System.Globalization;
using System.Text.Json;
using Keelson.Api.Autoscaling.V2;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Autoscalers;

/// <summary>
/// The metrics of other servers behind the API server: custom.metrics.k8s.io about pods and objects,
/// external.metrics.k8s.io about anything else.
/// </summary>
internal sealed class ForeignMetrics(IRawReads reads, TimeProvider clock) : IMetricsSource
{
    private const string CustomGroup = "custom.metrics.k8s.io";
    private const string ExternalApi = "/apis/external.metrics.k8s.io/v1beta1";
    private const string CustomPrefix = "unable to fetch metrics from custom metrics API: ";
    private const string ExternalPrefix = "unable to fetch metrics from external metrics API: ";

    /// <summary>How long a version that was found is believed in, as upstream's client does.</summary>
    private static readonly TimeSpan VersionKept = TimeSpan.FromSeconds(30);

    private readonly AbsentMetrics _absent = new();
    private (string Version, long At)? _version;

    /// <inheritdoc/>
    public async ValueTask<MetricsAnswer> FetchAsync(MetricsQuery query, CancellationToken cancellationToken)
    {
        if (query.Api == MetricsApi.External)
        {
            string external = $"{ExternalApi}/namespaces/{query.Namespace}/{Escaped(query.Metric)}"
                + Query(("labelSelector", SelectorOf(query.Series)));
            return await ReadAsync(external, query, ExternalPrefix, cancellationToken);
        }

        if (await VersionAsync(cancellationToken) is not { } version)
        {
            return await _absent.FetchAsync(query, cancellationToken);
        }

        string root = $"/apis/{CustomGroup}/{version}";
        string path = query.Api == MetricsApi.Pods
            ? $"/namespaces/{query.Namespace}/pods/%2A/{Escaped(query.Metric)}"
            : ObjectPathOf(query);
        string pods = query.Api == MetricsApi.Pods ? query.Pods : "";
        return await ReadAsync(
            root + path + Query(("labelSelector", pods), ("metricLabelSelector", SelectorOf(query.Series))),
            query, CustomPrefix, cancellationToken);
    }

    /// <summary>What an answer says; internal for tests.</summary>
    internal static MetricsAnswer Parse(byte[] json, MetricsQuery query)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement[] items = document.RootElement.TryGetProperty("items", out JsonElement list)
            && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
        if (query.Api == MetricsApi.Object)
        {
            return items.Length == 1
                ? new(new Dictionary<string, MetricSample>(), SampleOf(items[0]).Milli, "")
                : MetricsAnswer.Failed(CustomPrefix + string.Create(
                    CultureInfo.InvariantCulture,
                    $"the custom metrics API server returned {items.Length} results when we asked for exactly one"));
        }

        if (items.Length == 0)
        {
            return MetricsAnswer.Failed(query.Api == MetricsApi.External
                ? "no metrics returned from external metrics API"
                : "no metrics returned from custom metrics API");
        }

        Dictionary<string, MetricSample> samples = new(StringComparer.Ordinal);
        long sum = 0;
        foreach (JsonElement item in items)
        {
            MetricSample sample = SampleOf(item);
            sum += sample.Milli;
            if (item.TryGetProperty("describedObject", out JsonElement described))
            {
                samples[described.GetProperty("name").GetString() ?? ""] = sample;
            }
        }

        return new(samples, sum, "");
    }

    private static MetricSample SampleOf(JsonElement item)
    {
        Quantity value = Quantity.TryParse(item.GetProperty("value").ToString(), out Quantity read, out _)
            ? read : throw new JsonException("value is no quantity");
        bool isTimed = item.TryGetProperty("timestamp", out JsonElement timestamp);
        DateTimeOffset at = isTimed && Time.TryParse(timestamp.GetString(), out Time time) ? time.Instant : default;

        // Custom metrics of pods are rates over a minute where nothing else is said.
        bool isWindowed = item.TryGetProperty("windowSeconds", out JsonElement window)
            && window.ValueKind == JsonValueKind.Number;
        return new(value.MilliValue, at, TimeSpan.FromSeconds(isWindowed ? window.GetInt64() : 60));
    }

    /// <summary>Namespaces are measured as such, everything else in its namespace.</summary>
    private static string ObjectPathOf(MetricsQuery query)
    {
        CrossVersionObjectReference target = query.Object!;
        int slash = target.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? "" : target.ApiVersion[..slash];
        string metric = Escaped(query.Metric);
        if (group.Length == 0 && target.Kind == "Namespace")
        {
            return $"/namespaces/{query.Namespace}/metrics/{metric}";
        }

        string qualified = ApiKinds.All.FirstOrDefault(
            one => one.Info.Kind == target.Kind && one.Info.Group == group)?.Info.GroupResource
            ?? $"{target.Kind.ToLowerInvariant()}s" + (group.Length == 0 ? "" : "." + group);
        return $"/namespaces/{query.Namespace}/{qualified}/{Escaped(target.Name)}/{metric}";
    }

    /// <summary>An adapter that does not know the metric has words of its own.</summary>
    private static bool IsNotServed(Status error) => error.Code == 404
        && error.Message is "404 page not found" or "the server could not find the requested resource";

    private static string SelectorOf(LabelSelector? selector) =>
        selector is null ? "" : selector.ToMatcher().ToString();

    private static string Escaped(string part) => Uri.EscapeDataString(part);

    private static string Query(params ReadOnlySpan<(string Name, string Value)> parts)
    {
        List<string> given = [];
        foreach ((string name, string value) in parts)
        {
            if (value.Length > 0)
            {
                given.Add($"{name}={Escaped(value)}");
            }
        }

        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    /// <summary>The version that is served; null when none is.</summary>
    private async ValueTask<string?> VersionAsync(CancellationToken cancellationToken)
    {
        if (_version is { } known && clock.GetElapsedTime(known.At) < VersionKept)
        {
            return known.Version;
        }

        ApiResult<byte[]> read = await reads.ReadAsync($"/apis/{CustomGroup}", cancellationToken);
        if (!read.TryGet(out byte[]? json, out _))
        {
            return null;
        }

        try
        {
            using JsonDocument group = JsonDocument.Parse(json);
            string? version = group.RootElement.GetProperty("preferredVersion").GetProperty("version").GetString();
            _version = version is null ? null : (version, clock.GetTimestamp());
            return version;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private async ValueTask<MetricsAnswer> ReadAsync(
        string path, MetricsQuery query, string prefix, CancellationToken cancellationToken)
    {
        ApiResult<byte[]> read = await reads.ReadAsync(path, cancellationToken);
        if (!read.TryGet(out byte[]? json, out Status? error))
        {
            return query.Api == MetricsApi.External && IsNotServed(error)
                ? await _absent.FetchAsync(query, cancellationToken)
                : MetricsAnswer.Failed(prefix + error.Message);
        }

        try
        {
            return Parse(json, query);
        }
        catch (Exception unread) when (unread is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return MetricsAnswer.Failed(prefix + unread.Message);
        }
    }
}
