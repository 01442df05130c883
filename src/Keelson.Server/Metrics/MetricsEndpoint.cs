using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Metrics;

/// <summary>Serves /metrics and /metrics/slis. DELETE on the former starts all over.</summary>
internal sealed class MetricsEndpoint(ServerMetrics metrics) : IPathEndpoint
{
    /// <inheritdoc/>
    public bool Serves(string path) => path is "/metrics" or "/metrics/slis";

    /// <inheritdoc/>
    public Task ServeAsync(HttpContext http)
    {
        bool slis = http.Request.Path.Value == "/metrics/slis";
        if (!slis && http.Request.Method == "DELETE")
        {
            metrics.Requests.Reset();
            return PlainAnswer.TextAsync(http, "metrics reset\n");
        }

        string accept = http.Request.Headers.Accept.ToString();
        bool isOpenMetrics = accept.Contains("application/openmetrics-text", StringComparison.Ordinal);
        byte[] text = (slis ? metrics.ServiceLevels : metrics.Registry).Write(isOpenMetrics);
        http.Response.ContentType = isOpenMetrics ? MetricWriter.OpenMetricsType : MetricWriter.TextType;
        if (http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            http.Response.Headers.ContentEncoding = "gzip";
            text = GzipBytes.Compress(text);
        }

        return PlainAnswer.BytesAsync(http, text);
    }
}
