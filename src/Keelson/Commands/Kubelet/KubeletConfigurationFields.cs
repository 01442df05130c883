using System.Text.Json;
using Keelson.Configuration;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.Kubelet;

/// <summary>What becomes of a field of a kubelet's configuration.</summary>
internal enum FieldTreatment
{
    /// <summary>The agent does what it says.</summary>
    Honoured,

    /// <summary>Nothing of this agent depends on it; every value is as good.</summary>
    Moot,

    /// <summary>The agent does what one value says; any other is told to have no effect.</summary>
    Fixed,
}

/// <summary>A field of a kubelet's configuration.</summary>
/// <param name="Name">The field.</param>
/// <param name="Treatment">What becomes of it.</param>
/// <param name="Why">Why nothing depends on it, or why there is but one way.</param>
/// <param name="Value">What the agent does in any case, as JSON; another way to write it may follow.</param>
internal sealed record KubeletField(string Name, FieldTreatment Treatment, string Why = "", params string[] Value);

/// <summary>
/// The fields of <c>KubeletConfiguration</c> (kubelet.config.k8s.io/v1beta1): none is passed over in silence.
/// </summary>
internal static class KubeletConfigurationFields
{
    private const string NoTables = "no iptables are used";

    private static readonly string[] Honoured =
    [
        "address", "allowedUnsafeSysctls", "authentication", "authorization", "cgroupDriver",
        "cgroupRoot", "cgroupsPerQOS",
        "clusterDNS", "clusterDomain", "containerLogMaxFiles", "containerLogMaxSize",
        "containerLogMaxWorkers", "containerLogMonitorInterval", "containerRuntimeEndpoint",
        "cpuManagerPolicy", "cpuManagerPolicyOptions", "crashLoopBackOff", "enableDebugFlagsHandler",
        "enableDebuggingHandlers", "enableProfilingHandler", "enableServer", "enableSystemLogHandler",
        "enableSystemLogQuery", "enforceNodeAllocatable", "evictionHard",
        "evictionMaxPodGracePeriod",
        "evictionMinimumReclaim", "evictionPressureTransitionPeriod", "evictionSoft",
        "evictionSoftGracePeriod", "failSwapOn", "healthzBindAddress", "healthzPort",
        "imageGCHighThresholdPercent", "imageGCLowThresholdPercent", "imageMaximumGCAge", "imageMinimumGCAge",
        "imagePullCredentialsVerificationPolicy",
        "kubeAPIBurst", "kubeAPIQPS", "kubeReserved", "kubeReservedCgroup", "localStorageCapacityIsolation",
        "maxParallelImagePulls", "maxPods", "memoryManagerPolicy", "mergeDefaultEvictionSettings",
        "nodeLeaseDurationSeconds", "nodeStatusMaxImages", "nodeStatusReportFrequency",
        "nodeStatusUpdateFrequency", "podLogsDir", "podPidsLimit", "podsPerCore", "port",
        "preloadedImagesVerificationAllowlist", "providerID",
        "registerNode", "registerWithTaints", "reservedMemory", "reservedSystemCPUs", "resolvConf",
        "rotateCertificates", "seccompDefault", "serializeImagePulls", "serverTLSBootstrap",
        "shutdownGracePeriod", "shutdownGracePeriodByPodPriority", "shutdownGracePeriodCriticalPods",
        "singleProcessOOMKill", "staticPodPath", "systemReserved", "systemReservedCgroup", "tlsCertFile",
        "tlsMinVersion", "tlsPrivateKeyFile",
        "topologyManagerPolicy", "topologyManagerPolicyOptions", "topologyManagerScope", "userNamespaces",
    ];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<KubeletField> All { get; } =
    [
        .. ((KubeletField[])
        [
            .. Honoured.Select(static one => new KubeletField(one, FieldTreatment.Honoured)),
            Moot("configMapAndSecretChangeDetectionStrategy", "changes are watched"),
            Moot("contentType", "protobuf is spoken for all kinds that have it"),
            Moot("enableContentionProfiling", "there is no Go runtime to look into"),
            Moot("failCgroupV1", "both versions of control groups are served"),
            Moot("fileCheckFrequency", "the directory is looked at every second"),
            Moot("hairpinMode", "the pod network leads pods back to themselves"),
            Moot("httpCheckFrequency", "static pods come from files only"),
            Moot("iptablesDropBit", NoTables),
            Moot("iptablesMasqueradeBit", NoTables),
            Moot("kernelMemcgNotification", "figures are read often enough"),
            Moot("makeIPTablesUtilChains", NoTables),
            Moot("maxOpenFiles", "the limit is that of the process"),
            Moot("podCIDR", "pods get their range from the cluster"),
            Moot("runtimeRequestTimeout", "each call to the runtime has a limit of its own"),
            Moot("showHiddenMetricsForVersion", "no metrics are hidden"),
            Moot("syncFrequency", "pods are looked at whenever something changes"),
            Moot("volumeStatsAggPeriod", "figures are read when they are asked for"),
            Fixed("cpuCFSQuota", "limits of processors hold", "true"),
            Fixed("cpuCFSQuotaPeriod", "the kernel's usual period", "\"100ms\""),
            Fixed("cpuManagerReconcilePeriod", "how often it is looked", "\"10s\""),
            Fixed("enableControllerAttachDetach", "the control plane attaches volumes", "true"),
            Fixed("eventBurst", "events are limited by kind", "100", "0"),
            Fixed("eventRecordQPS", "events are limited by kind", "50", "0"),
            Fixed("featureGates", "features are those of the release", "{}", "{\"NodeLogQuery\":true}"),
            Fixed("imageServiceEndpoint", "images are the runtime's", "\"\""),
            Fixed("kubeletCgroups", "the agent stays where it was started", "\"\""),
            Fixed("logging", "--logging-format and -v say it", "{}", "{\"format\":\"text\"}"),
            Fixed("memorySwap", "containers do not swap", "{}", "{\"swapBehavior\":\"NoSwap\"}",
                "{\"swapBehavior\":\"\"}"),
            Fixed("memoryReservationPolicy", "memory is not reserved", "\"None\"", "\"\""),
            Fixed("memoryThrottlingFactor", "memory is not throttled before its limit", "0.9"),
            Fixed("oomScoreAdj", "the agent's own is that of its unit", "-999"),
            Fixed("protectKernelDefaults", "the kernel's settings are made as pods need them", "false"),
            Fixed("qosReserved", "memory is not reserved by class", "{}"),
            Fixed("readOnlyPort", "nothing is served without TLS", "0"),
            Fixed("registryBurst", "pulls are limited by their number", "10"),
            Fixed("registryPullQPS", "pulls are limited by their number", "5"),
            Fixed("runOnce", "the agent runs until it is ended", "false"),
            Fixed("staticPodURL", "static pods come from files only", "\"\""),
            Fixed("staticPodURLHeader", "static pods come from files only", "{}"),
            Fixed("streamingConnectionIdleTimeout", "streams end with their ends", "\"4h\"", "\"4h0m0s\"", "\"0s\""),
            Fixed("systemCgroups", "what runs besides stays where it is", "\"\""),
            Fixed("tlsCipherSuites", "the system's policy chooses", "[]"),
            Fixed("tlsCurvePreferences", "the system's policy chooses", "[]"),
            Fixed("tracing", "there are no traces", "{}"),
            Fixed("volumePluginDir", "there are no flex volumes", "\"\"",
                "\"/usr/libexec/kubernetes/kubelet-plugins/volume/exec/\""),
        ]).OrderBy(static one => one.Name, StringComparer.Ordinal),
    ];

    /// <summary>What a configuration says that has no effect, a line each.</summary>
    public static IReadOnlyList<string> Warnings(ConfigurationDocument file)
    {
        Dictionary<string, KubeletField> known = All.ToDictionary(static one => one.Name, StringComparer.Ordinal);
        List<string> warnings = [];
        foreach (JsonProperty one in file.Fields)
        {
            if (!known.TryGetValue(one.Name, out KubeletField? field))
            {
                warnings.Add(
                    $"{file.FileOf(one.Name)}: using lenient decoding as strict decoding failed: strict decoding "
                        + $"error: unknown field {GoText.Quote(one.Name)}");
            }
            else if (field.Treatment == FieldTreatment.Fixed && !IsOneOf(one.Value, field.Value))
            {
                warnings.Add(
                    $"{file.FileOf(one.Name)}: {file.PlaceOf(one.Name)}: {one.Value.GetRawText()} has no effect: "
                        + $"{field.Why}; the agent works as with {field.Value[0]}");
            }
        }

        return warnings;
    }

    private static bool IsOneOf(JsonElement value, string[] accepted) =>
        value.ValueKind == JsonValueKind.Null || accepted.Any(one =>
        {
            using JsonDocument wanted = JsonDocument.Parse(one);
            return JsonElement.DeepEquals(value, wanted.RootElement);
        });

    private static KubeletField Moot(string name, string why) => new(name, FieldTreatment.Moot, why);

    private static KubeletField Fixed(string name, string why, params string[] value) =>
        new(name, FieldTreatment.Fixed, why, value);
}
