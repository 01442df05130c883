namespace Keelson.Server.Health;

/// <summary>Which of the three health endpoints run a check.</summary>
[Flags]
internal enum HealthEndpoints
{
    None = 0,
    Healthz = 1,
    Livez = 2,
    Readyz = 4,
    All = Healthz | Livez | Readyz,
}

/// <summary>The checks by upstream's names, in the order they are shown in.</summary>
internal static class HealthCheckTable
{
    /// <summary>The prefix of what runs once after the server has started.</summary>
    public const string HookPrefix = "poststarthook/";

    /// <summary>Names and the endpoints that run them.</summary>
    public static IReadOnlyList<(string Name, HealthEndpoints Endpoints)> Rows { get; } =
    [
        ("ping", HealthEndpoints.All),
        ("log", HealthEndpoints.All),
        ("etcd", HealthEndpoints.Healthz | HealthEndpoints.Livez),
        ("loopback-serving-certificate", HealthEndpoints.Healthz | HealthEndpoints.Livez),
        ("informer-sync", HealthEndpoints.Readyz),
        Hook("start-apiserver-admission-initializer"),
        Hook("generic-apiserver-start-informers"),
        Hook("priority-and-fairness-config-consumer"),
        Hook("priority-and-fairness-filter"),
        Hook("storage-object-count-tracker-hook"),
        Hook("start-apiextensions-informers"),
        Hook("start-apiextensions-controllers"),
        Hook("crd-informer-synced"),
        Hook("start-system-namespaces-controller"),
        Hook("start-cluster-authentication-info-controller"),
        Hook("start-kube-apiserver-identity-lease-controller"),
        Hook("start-kube-apiserver-identity-lease-garbage-collector"),
        Hook("start-legacy-token-tracking-controller"),
        Hook("start-service-ip-repair-controllers"),
        Hook("rbac/bootstrap-roles"),
        Hook("scheduling/bootstrap-system-priority-classes"),
        Hook("priority-and-fairness-config-producer"),
        Hook("bootstrap-controller"),
        Hook("start-kubernetes-service-cidr-controller"),
        Hook("aggregator-reload-proxy-client-cert"),
        Hook("start-kube-aggregator-informers"),
        Hook("apiservice-status-local-available-controller"),
        Hook("apiservice-status-remote-available-controller"),
        Hook("apiservice-registration-controller"),
        Hook("apiservice-wait-for-first-sync"),
        Hook("apiservice-discovery-controller"),
        Hook("kube-apiserver-autoregistration"),
        ("autoregister-completion", HealthEndpoints.All),
        Hook("apiservice-openapi-controller"),
        Hook("apiservice-openapiv3-controller"),
        Hook("peer-endpoint-reconciler-controller"),
        Hook("storage-readiness"),
        ("shutdown", HealthEndpoints.Readyz),
    ];

    /// <summary>The last segment of the endpoint's path, which its texts begin with.</summary>
    public static string NameOf(HealthEndpoints endpoint) => endpoint switch
    {
        HealthEndpoints.Healthz => "healthz",
        HealthEndpoints.Livez => "livez",
        _ => "readyz",
    };

    private static (string Name, HealthEndpoints Endpoints) Hook(string name) =>
        (HookPrefix + name, HealthEndpoints.All);
}
