using System.Diagnostics.Metrics;

namespace Keelson.Client.Https;

/// <summary>The <c>rest_client_*</c> metrics, under the meter <c>Keelson.Client</c>.</summary>
internal static class RestClientMetrics
{
    private static readonly Meter Meter = new("Keelson.Client");
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("rest_client_requests_total");
    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("rest_client_request_duration_seconds", "s");

    /// <summary>A request was answered, or was not.</summary>
    /// <param name="host">Host and port of the server.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="code">The answer's code; 0 for none.</param>
    /// <param name="took">How long it took until the answer began.</param>
    public static void Answered(string host, string method, int code, TimeSpan took)
    {
        KeyValuePair<string, object?> server = new("host", host);
        string text = code == 0 ? "<error>" : code.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Requests.Add(1, new("code", text), server, new("method", method));
        Duration.Record(took.TotalSeconds, server, new("verb", method));
    }
}
