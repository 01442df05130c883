using System.Globalization;

namespace Keelson.Server.Metrics;

/// <summary>Connections into pods, counted.</summary>
internal sealed class ConnectionMetrics(MetricRegistry registry)
{
    private readonly CounterFamily _streams = registry.Counter(
        "apiserver_websocket_streaming_requests_total", MetricStability.Alpha,
        "Connections into pods, by who takes their WebSockets: the kubelet, or the server for it.",
        "subresource", "proxy_type");

    private readonly CounterFamily _translated = registry.Counter(
        "apiserver_stream_translator_requests_total", MetricStability.Alpha,
        "Remote commands over WebSockets that were put into SPDY, by result.", "code");

    private readonly CounterFamily _tunnelled = registry.Counter(
        "apiserver_stream_tunnel_requests_total", MetricStability.Alpha,
        "Forwarded ports whose SPDY came in a WebSocket, by result.", "code");

    private readonly CounterFamily _logs = registry.Counter(
        "kube_apiserver_pod_logs_insecure_backend_total", MetricStability.Alpha,
        "Requests for logs, by whether the kubelet's certificate was to be looked at.", "usage");

    private readonly CounterFamily _distrusted = registry.Counter(
        "kube_apiserver_pod_logs_backend_tls_failure_total", MetricStability.Alpha,
        "Requests for logs that failed because the kubelet's certificate was not trusted.");

    /// <summary>A connection to a kubelet is about to be made.</summary>
    public void Connecting(string subresource, bool takesWebSockets) =>
        _streams.With(subresource, takesWebSockets ? "proxied_to_kubelet" : "translated_at_apiserver").Increment();

    /// <summary>A remote command over a WebSocket has ended.</summary>
    public void Translated(int code) => _translated.With(code.ToString(CultureInfo.InvariantCulture)).Increment();

    /// <summary>A tunnel was opened or refused.</summary>
    public void Tunnelled(int code) => _tunnelled.With(code.ToString(CultureInfo.InvariantCulture)).Increment();

    /// <summary>A log was asked for.</summary>
    public void LogAsked(bool trusts) => _logs.With(trusts ? "skip_tls_allowed" : "enforce_tls").Increment();

    /// <summary>A log could not be had for the kubelet's certificate.</summary>
    public void LogDistrusted() => _distrusted.With().Increment();
}
