namespace Keelson.Server.Metrics;

/// <summary>Authentication, authorization and admission, counted and timed.</summary>
internal sealed class AccessMetrics(MetricRegistry registry)
{
    private readonly CounterFamily _attempts = registry.Counter("authentication_attempts", MetricStability.Alpha,
        "Requests that tried to authenticate, by result.", "result");

    private readonly HistogramFamily _authenticationTime =
        registry.Histogram("authentication_duration_seconds", MetricStability.Alpha,
        "Seconds that authentication took, by result.", Buckets.Exponential(0.001, 2, 15), "result");

    private readonly CounterFamily _users = registry.Counter("authenticated_user_requests", MetricStability.Alpha,
        "Authenticated requests, by user name, where names that are not the system's count as other.", "username");

    private readonly CounterFamily _authorizations =
        registry.Counter("authorization_attempts_total", MetricStability.Alpha,
        "Requests that were authorized or not, by result.", "result");

    private readonly HistogramFamily _authorizationTime =
        registry.Histogram("authorization_duration_seconds", MetricStability.Alpha,
        "Seconds that authorization took, by result.", Buckets.Exponential(0.001, 2, 15), "result");

    private readonly CounterFamily _decisions =
        registry.Counter("apiserver_authorization_decisions_total", MetricStability.Alpha,
        "Final decisions, by authorizer.", "type", "name", "decision");

    private readonly HistogramFamily _admissionPlugins = registry.Histogram(
        "apiserver_admission_controller_admission_duration_seconds", MetricStability.Stable,
        "Seconds that an admission plugin took.", Buckets.Admission, "name", "type", "operation", "rejected");

    private readonly HistogramFamily _admissionSteps = registry.Histogram(
        "apiserver_admission_step_admission_duration_seconds", MetricStability.Stable,
        "Seconds that a step of admission took, its plugins together.", Buckets.Admission, "type", "operation",
            "rejected");

    private readonly HistogramFamily _admissionWebhooks = registry.Histogram(
        "apiserver_admission_webhook_admission_duration_seconds", MetricStability.Stable,
        "Seconds that an admission webhook took.", [.. Buckets.Admission, 10, 25], "name", "type", "operation",
            "rejected");

    private readonly CounterFamily _podSecurity =
        registry.Counter("pod_security_evaluations_total", MetricStability.Stable,
        "Checks of pods against pod security's levels, exempted ones not counted.",
        "decision", "policy_level", "policy_version", "mode", "request_operation", "resource", "subresource");

    private readonly HistogramFamily _certificates =
        registry.Histogram("apiserver_client_certificate_expiration_seconds", MetricStability.Alpha,
        "Seconds that client certificates still lived when they were used.", Buckets.CertificateLife);

    private readonly Counter _handshakeErrors =
        registry.Counter("apiserver_tls_handshake_errors_total", MetricStability.Alpha,
        "Connections dropped before they could send a request.").With();

    private readonly Counter _validTokens = registry.Counter("serviceaccount_valid_tokens_total", MetricStability.Alpha,
        "Service account tokens that were taken.").With();

    private readonly Counter _staleTokens = registry.Counter("serviceaccount_stale_tokens_total", MetricStability.Alpha,
        "Service account tokens that were taken after the time they were to be renewed at.").With();

    private readonly Counter _auditEvents = registry.Counter("apiserver_audit_event_total", MetricStability.Alpha,
        "Audit events made and sent to the backend.").With();

    private readonly Counter _auditRejections =
        registry.Counter("apiserver_audit_requests_rejected_total", MetricStability.Alpha,
        "Requests refused since their audit event could not be kept.").With();

    /// <summary>A request was authenticated (success), not (failure), or could not be checked (error).</summary>
    public void Authenticated(string result, string? user, double seconds)
    {
        _attempts.With(result).Increment();
        _authenticationTime.With(result).Observe(seconds);
        if (user is not null)
        {
            _users.With(UserGroup(user)).Increment();
        }
    }

    /// <summary>A request was allowed, denied, no_opinion or error.</summary>
    public void Authorized(string result, double seconds)
    {
        _authorizations.With(result).Increment();
        _authorizationTime.With(result).Observe(seconds);
    }

    /// <summary>The authorizer of that type and name decided.</summary>
    public void Decided(string type, string name, string decision) => _decisions.With(type, name, decision).Increment();

    /// <summary>The series of a plugin's calls, to be kept; the type is admit or validate.</summary>
    public Histogram AdmissionPlugin(string name, string type, string operation, bool rejected) =>
        _admissionPlugins.With(name, type, operation, Truth(rejected));

    /// <summary>All plugins of a step ran; the type is admit or validate.</summary>
    public void AdmissionStep(string type, string operation, bool rejected, double seconds) =>
        _admissionSteps.With(type, operation, Truth(rejected)).Observe(seconds);

    /// <summary>A webhook was called; the type is admit or validating.</summary>
    public void AdmissionWebhook(string name, string type, string operation, bool rejected, double seconds) =>
        _admissionWebhooks.With(name, type, operation, Truth(rejected)).Observe(seconds);

    /// <summary>A pod or a pod template was checked against a level of pod security.</summary>
    public void PodSecurity(
        string decision, string level, string version, string mode, string operation, string subresource) =>
        _podSecurity.With(decision, level, version, mode, operation, "pod", subresource).Increment();

    /// <summary>A client certificate was used that expires after so many seconds.</summary>
    public void ClientCertificate(double seconds) => _certificates.With().Observe(seconds);

    /// <summary>A TLS handshake failed.</summary>
    public void HandshakeFailed() => _handshakeErrors.Increment();

    /// <summary>A service account's token was taken; stale ones are past their time of renewal.</summary>
    public void ServiceAccountToken(bool isStale) => (isStale ? _staleTokens : _validTokens).Increment();

    /// <summary>An audit event was written.</summary>
    public void Audited() => _auditEvents.Increment();

    /// <summary>A request was refused since its audit event could not be written.</summary>
    public void AuditFailed() => _auditRejections.Increment();

    /// <summary>Keeps the number of series small: system users by name, others together.</summary>
    internal static string UserGroup(string user) => user switch
    {
        "system:anonymous" or "system:apiserver" or "system:kube-controller-manager" or "system:kube-scheduler"
            or "system:kube-proxy" or "system:aggregator" or "kubernetes-admin" or "admin" => user,
        _ when user.StartsWith("system:node:", StringComparison.Ordinal) => "system:node",
        _ when user.StartsWith("system:serviceaccount:kube-system:", StringComparison.Ordinal) => user,
        _ => "other",
    };

    private static string Truth(bool value) => value ? "true" : "false";
}
