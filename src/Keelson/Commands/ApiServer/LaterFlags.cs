using Keelson.Flags;

namespace Keelson.Commands.ApiServer;

/// <summary>
/// Flags of upstream's that are known here without doing what they do there: those that have nothing to act on are
/// accepted, those that somebody would rely on are refused.
/// </summary>
internal sealed class LaterFlags
{
    private static readonly (string Name, string Why)[] WithoutMeaning =
    [
        ("default-watch-cache-size", "every resource is held in memory whole"),
        ("watch-cache-sizes", "every resource is held in memory whole"),
        ("delete-collection-workers", "deletions share the store's group commits"),
        ("lease-reuse-duration-seconds", "leases are reused as by default"),
        ("etcd-count-metric-poll-period", "objects are counted when metrics are read"),
        ("etcd-db-metric-poll-interval", "the store's size is read when metrics are"),
        ("etcd-healthcheck-timeout", "health checks end with their request"),
        ("etcd-readycheck-timeout", "health checks end with their request"),
        ("storage-initialization-timeout", "the server listens once its objects are read"),
        ("endpoint-reconciler-type", "always lease"),
        ("apiserver-count", "servers are counted by their leases"),
        ("shutdown-watch-termination-grace-period", "watches end when the server does"),
        ("log-flush-frequency", "every line is written at once"),
        ("log-text-info-buffer-size", "every line is written at once"),
        ("log-json-info-buffer-size", "every line is written at once"),
        ("vmodule", "there is one level for all of the server"),
        ("show-hidden-metrics-for-version", "no metrics are hidden"),
        ("disabled-metrics", "all metrics are served"),
        ("allow-metric-labels", "labels are bounded by what is served"),
        ("allow-metric-labels-manifest", "labels are bounded by what is served"),
        ("debug-socket-path", "there are no profiles to serve"),
    ];

    private static readonly (string Name, bool Value, string Why)[] SwitchesWithoutMeaning =
    [
        ("watch-cache", true, "lists and watches are always served from memory"),
        ("profiling", true, "there are no profiles to serve at /debug/pprof"),
        ("contention-profiling", false, "there are no profiles to serve at /debug/pprof"),
        ("enable-garbage-collector", true, "owners are always honoured"),
        ("enable-priority-and-fairness", true, "the limits on requests in flight hold instead, until it comes"),
        ("enable-logs-handler", false, "there is no /logs"),
        ("enable-aggregator-routing", false, "extension servers are not served yet"),
        ("aggregator-reject-forwarding-redirect", true, "extension servers are not served yet"),
        ("shutdown-send-retry-after", false, "connections are closed after their last answer"),
        ("log-text-split-stream", false, "everything goes to the standard error stream"),
        ("log-json-split-stream", false, "everything goes to the standard error stream"),
        ("permit-port-sharing", false, "the port is not shared"),
        ("permit-address-sharing", false, "the platform shares addresses anyway"),
    ];

    private static readonly (string Names, string What)[] NotYet =
    [
        ("audit-policy-file audit-log-path audit-log-format audit-log-maxage audit-log-maxbackup audit-log-maxsize audit-log-mode "
            + "audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-max-wait audit-log-batch-throttle-burst "
            + "audit-log-batch-throttle-qps audit-log-truncate-max-batch-size audit-log-truncate-max-event-size audit-log-version "
            + "audit-webhook-config-file audit-webhook-initial-backoff audit-webhook-mode audit-webhook-batch-buffer-size "
            + "audit-webhook-batch-max-size audit-webhook-batch-max-wait audit-webhook-batch-throttle-burst "
            + "audit-webhook-batch-throttle-qps audit-webhook-truncate-max-batch-size audit-webhook-truncate-max-event-size "
            + "audit-webhook-version",
            "auditing"),
        ("encryption-provider-config", "encryption of stored objects"),
        ("etcd-servers-overrides", "keeping some resources in another etcd"),
        ("max-connection-bytes-per-sec", "throttling of connections"),
        ("oidc-issuer-url oidc-client-id oidc-ca-file oidc-username-claim oidc-username-prefix oidc-groups-claim oidc-groups-prefix "
            + "oidc-signing-algs oidc-required-claim authentication-config",
            "authentication by OpenID Connect"),
        ("authentication-token-webhook-config-file authentication-token-webhook-version authentication-token-webhook-cache-ttl",
            "authentication by a webhook"),
        ("authorization-config authorization-policy-file authorization-webhook-config-file authorization-webhook-version "
            + "authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl",
            "authorization by a configuration file, a policy file or a webhook"),
        ("egress-selector-config-file", "reaching nodes through a proxy"),
        ("tracing-config-file", "tracing"),
        ("strict-transport-security-directives", "strict transport security"),
        ("kubernetes-service-node-port", "a node port of the service kubernetes"),
        ("default-not-ready-toleration-seconds default-unreachable-toleration-seconds", "other times of default tolerations"),
        ("service-account-signing-endpoint", "signing of tokens by another process"),
        ("peer-ca-file peer-advertise-ip peer-advertise-port", "passing requests on to other servers"),
        ("emulated-version min-compatibility-version emulation-forward-compatible", "behaving like another version"),
    ];

    private readonly List<(Flag<string> Flag, string What)> _refused = [];

    public LaterFlags(FlagSection withoutMeaning, FlagSection notYet)
    {
        foreach ((string name, string why) in WithoutMeaning)
        {
            withoutMeaning.Text(name, "", $"Accepted, but means nothing here: {why}.");
        }

        foreach ((string name, bool value, string why) in SwitchesWithoutMeaning)
        {
            withoutMeaning.Switch(name, value, $"Accepted, but means nothing here: {why}.");
        }

        foreach ((string names, string what) in NotYet)
        {
            foreach (string name in names.Split(' '))
            {
                _refused.Add((notYet.Text(name, "", $"Not accepted: {what} comes with a later version."), what));
            }
        }

        foreach (string name in (string[])
            ["audit-log-compress", "audit-log-truncate-enabled", "audit-webhook-truncate-enabled", "audit-log-batch-throttle-enable",
                "audit-webhook-batch-throttle-enable", "encryption-provider-config-automatic-reload"])
        {
            string what = name.StartsWith("audit", StringComparison.Ordinal)
                ? "auditing"
                : "encryption of stored objects";
            Flag<string> flag = new(name, FlagForms.Text, "", $"Not accepted: {what} comes with a later version.") { BareValue = "true" };
            _refused.Add((notYet.Add(flag), what));
        }
    }

    /// <summary>Adds an error for each flag that can't be honoured.</summary>
    public void Validate(List<string> errors) => errors.AddRange(_refused.Where(one => one.Flag.IsSet)
        .Select(one => $"--{one.Flag.Name}={one.Flag.Value}: {one.What} comes with a later version; leave the flag out"));
}
