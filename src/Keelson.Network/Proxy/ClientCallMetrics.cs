using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Keelson.Network.Proxy;

/// <summary>Calls to the API that this process makes over the network, by the names of client-go's metrics.</summary>
internal sealed class ClientCallMetrics : IDisposable
{
    private static readonly double[] Bounds = [.005, .025, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60];

    private readonly ConcurrentDictionary<(string Code, string Host, string Method), long[]> _requests = [];
    private readonly ConcurrentDictionary<(string Host, string Verb), MetricHistogram> _durations = [];
    private readonly MeterListener _listener = new();

    public ClientCallMetrics()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Keelson.Client"
                && instrument.Name is "rest_client_requests_total" or "rest_client_request_duration_seconds")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            (string, string, string) labels = (Of(tags, "code"), Of(tags, "host"), Of(tags, "method"));
            Interlocked.Add(ref _requests.GetOrAdd(labels, static _ => new long[1])[0], value);
        });
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
            _durations.GetOrAdd((Of(tags, "host"), Of(tags, "verb")), static _ => new(Bounds)).Observe(value));
        _listener.Start();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>Writes them.</summary>
    public void Write(MetricText text)
    {
        const string durations = "rest_client_request_duration_seconds";
        const string requests = "rest_client_requests_total";
        if (!_durations.IsEmpty)
        {
            text.Family(durations, "histogram", "[ALPHA] Request latency in seconds. Broken down by verb, and host.");
        }

        foreach (((string host, string verb), MetricHistogram one) in _durations.OrderBy(static one => one.Key))
        {
            one.Write(text, durations, $"host=\"{host}\",verb=\"{verb}\"");
        }

        if (!_requests.IsEmpty)
        {
            text.Family(requests, "counter",
                "[ALPHA] Number of HTTP requests, partitioned by status code, method, and host.");
        }

        foreach (((string code, string host, string method), long[] count) in _requests
            .OrderBy(static one => one.Key))
        {
            text.Line(requests, $"code=\"{code}\",host=\"{host}\",method=\"{method}\"",
                Interlocked.Read(ref count[0]));
        }
    }

    private static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value as string ?? "";
            }
        }

        return "";
    }
}
