using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Kubelet;

/// <summary>Flags that say the same as a field of the configuration and count more than it.</summary>
internal sealed class KubeletFieldFlags
{
    private const string Usage = "As the configuration's field.";

    // Each is a flag, the path of its field, and what holds without.
    private static readonly string[] Texts =
    [
        "cgroup-driver cgroupDriver cgroupfs", "hairpin-mode hairpinMode promiscuous-bridge",
        "image-service-endpoint imageServiceEndpoint", "kube-reserved-cgroup kubeReservedCgroup",
        "kubelet-cgroups kubeletCgroups", "manifest-url staticPodURL", "pod-cidr podCIDR",
        "show-hidden-metrics-for-version showHiddenMetricsForVersion", "system-cgroups systemCgroups",
        "system-reserved-cgroup systemReservedCgroup", "tls-min-version tlsMinVersion",
        "volume-plugin-dir volumePluginDir /usr/libexec/kubernetes/kubelet-plugins/volume/exec/",
    ];

    private static readonly string[] Durations =
    [
        "authentication-token-webhook-cache-ttl authentication.webhook.cacheTTL 2m0s",
        "authorization-webhook-cache-authorized-ttl authorization.webhook.cacheAuthorizedTTL 5m0s",
        "authorization-webhook-cache-unauthorized-ttl authorization.webhook.cacheUnauthorizedTTL 30s",
        "cpu-cfs-quota-period cpuCFSQuotaPeriod 100ms", "cpu-manager-reconcile-period cpuManagerReconcilePeriod 10s",
        "file-check-frequency fileCheckFrequency 20s", "http-check-frequency httpCheckFrequency 20s",
        "node-status-update-frequency nodeStatusUpdateFrequency 10s",
        "runtime-request-timeout runtimeRequestTimeout 2m0s",
        "streaming-connection-idle-timeout streamingConnectionIdleTimeout 4h0m0s",
        "sync-frequency syncFrequency 1m0s", "volume-stats-agg-period volumeStatsAggPeriod 1m0s",
    ];

    private static readonly string[] Numbers =
    [
        "event-burst eventBurst 100", "event-qps eventRecordQPS 50", "max-open-files maxOpenFiles 1000000",
        "node-status-max-images nodeStatusMaxImages 50", "oom-score-adj oomScoreAdj -999",
        "read-only-port readOnlyPort 0", "registry-burst registryBurst 10", "registry-qps registryPullQPS 5",
    ];

    private static readonly string[] Switches =
    [
        "contention-profiling enableContentionProfiling false", "cpu-cfs-quota cpuCFSQuota true",
        "enable-controller-attach-detach enableControllerAttachDetach true",
        "enable-debugging-handlers enableDebuggingHandlers true", "enable-server enableServer true",
        "fail-cgroupv1 failCgroupV1 true", "kernel-memcg-notification kernelMemcgNotification false",
        "local-storage-capacity-isolation localStorageCapacityIsolation true",
        "make-iptables-util-chains makeIPTablesUtilChains true",
        "protect-kernel-defaults protectKernelDefaults false", "runonce runOnce false",
    ];

    private static readonly string[] Lists =
    [
        "enforce-node-allocatable enforceNodeAllocatable", "tls-cipher-suites tlsCipherSuites",
    ];

    private static readonly string[] Maps =
    [
        "feature-gates featureGates", "qos-reserved qosReserved",
        "topology-manager-policy-options topologyManagerPolicyOptions",
    ];

    private readonly List<(Flag Flag, string Field, Func<JsonNode> Value)> _all = [];

    /// <summary>Declares them.</summary>
    public KubeletFieldFlags(FlagSection flags)
    {
        Declare(Texts, (name, value) => flags.Text(name, value, Usage), static flag => JsonValue.Create(flag.Value));
        Declare(
            Durations,
            (name, value) => flags.Duration(
                name, GoDuration.TryParse(value, out TimeSpan span, out _) ? span : default, Usage),
            static flag => JsonValue.Create(flag.Text));
        Declare(
            Numbers,
            (name, value) => flags.Number(name, int.Parse(value, CultureInfo.InvariantCulture), Usage),
            static flag => JsonValue.Create(flag.Value));
        Declare(
            Switches,
            (name, value) => flags.Switch(name, bool.Parse(value), Usage),
            static flag => JsonValue.Create(flag.Value));
        Declare(Lists, (name, _) => flags.Texts(name, Usage), static flag =>
            new JsonArray([.. flag.Value.Select(static one => (JsonNode)JsonValue.Create(one))]));
        Declare(Maps, (name, _) => flags.Of(name, FlagForms.Pairs, new Dictionary<string, string>(), Usage), MapOf);
    }

    /// <summary>A configuration with what the command line says.</summary>
    public ConfigurationDocument Over(ConfigurationDocument file)
    {
        JsonObject said = [];
        foreach ((Flag flag, string field, Func<JsonNode> value) in _all)
        {
            if (flag.IsSet)
            {
                JsonObject at = said;
                string[] path = field.Split('.');
                foreach (string name in path[..^1])
                {
                    at[name] ??= new JsonObject();
                    at = at[name]!.AsObject();
                }

                at[path[^1]] = value();
            }
        }

        return said.Count == 0 ? file : file.With(said);
    }

    private void Declare<T>(string[] names, Func<string, string, Flag<T>> declare, Func<Flag<T>, JsonNode> value)
    {
        foreach (string[] one in names.Select(static one => one.Split(' ')))
        {
            Flag<T> flag = declare(one[0], one.Length > 2 ? one[2] : "");
            _all.Add((flag, one[1], () => value(flag)));
        }
    }

    private static JsonObject MapOf(Flag<IReadOnlyDictionary<string, string>> flag)
    {
        JsonObject map = [];
        foreach ((string name, string text) in flag.Value)
        {
            // Of features it is said whether they are on; everything else is text.
            bool isTruth = flag.Name.StartsWith("feature", StringComparison.Ordinal)
                && bool.TryParse(text.ToLower(CultureInfo.InvariantCulture), out _);
            map[name] = isTruth ? JsonValue.Create(bool.Parse(text)) : JsonValue.Create(text);
        }

        return map;
    }
}
