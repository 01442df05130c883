using System.Security.Cryptography.X509Certificates;

namespace Keelson.Nodes.Metrics;

/// <summary>The agent's certificates. How long they last is looked at when somebody asks.</summary>
internal sealed class CertificateMetrics
{
    private readonly NumberMetric _clientErrors;
    private readonly NumberMetric _serverErrors;
    private readonly HistogramMetric _serverRotations;
    private long _clientFailures;

    public CertificateMetrics(MetricSet metrics, Func<DateTimeOffset> now)
    {
        NumberMetric server = metrics.Gauge(
            "kubelet_certificate_manager_server_ttl_seconds",
            "How long the serving certificate lasts; infinite for none.");
        NumberMetric client = metrics.Gauge(
            "kubelet_certificate_manager_client_ttl_seconds",
            "How long the client certificate lasts; infinite for none.");
        _clientErrors = metrics.NamedOddly(
            "kubelet_certificate_manager_client_expiration_renew_errors",
            "Client certificates that were not replaced.");
        _serverErrors = metrics.NamedOddly(
            "kubelet_server_expiration_renew_errors", "Serving certificates that were not replaced.");
        _serverRotations = metrics.Histogram(
            "kubelet_certificate_manager_server_rotation_seconds",
            "How long serving certificates were in use that were replaced.",
            [60, 3600, 14400, 86400, 604800, 2592000, 7776000, 15552000, 31104000, 124416000]);
        metrics.BeforeWrite(() =>
        {
            server.Set(Left(Serving(), now()));
            client.Set(Left(Client(), now()));
            long failures = ClientFailures();
            _clientErrors.Add(failures - _clientFailures);
            _clientFailures = failures;
        });
    }

    /// <summary>The client certificate; null for none.</summary>
    public Func<X509Certificate2?> Client { get; set; } = static () => null;

    /// <summary>How often the client certificate could not be replaced.</summary>
    public Func<long> ClientFailures { get; set; } = static () => 0;

    /// <summary>The serving certificate; null for none.</summary>
    public Func<X509Certificate2?> Serving { get; set; } = static () => null;

    /// <summary>The serving certificate was replaced.</summary>
    public void Rotated(TimeSpan lived) => _serverRotations.Observe(lived);

    /// <summary>The serving certificate could not be replaced.</summary>
    public void NotRotated() => _serverErrors.Count();

    private static double Left(X509Certificate2? certificate, DateTimeOffset now) => certificate is null
        ? double.PositiveInfinity
        : (certificate.NotAfter.ToUniversalTime() - now.UtcDateTime).TotalSeconds;
}
