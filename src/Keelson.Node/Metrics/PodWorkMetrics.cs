namespace Keelson.Nodes.Metrics;

/// <summary>Work on pods and their containers.</summary>
internal sealed class PodWorkMetrics(MetricSet metrics)
{
    /// <summary>Upstream's buckets of how long pods take to start, in seconds.</summary>
    private static readonly double[] StartBounds =
    [
        .5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600,
    ];

    private static readonly double[] Usual = MetricSet.UsualBuckets;

    private static readonly HashSet<string> Reasons = new(StringComparer.Ordinal)
    {
        "AppArmor", "PodOSSelectorNodeLabelDoesNotMatch", "PodOSNotSupported", "InvalidNodeInfo",
        "InitContainerRestartPolicyForbidden", "SupplementalGroupsPolicyNotSupported", "UnexpectedAdmissionError",
        "UnknownReason", "UnexpectedPredicateFailureType", "OutOfcpu", "OutOfmemory", "OutOfephemeral-storage",
        "OutOfpods", "PodLevelResourcesNotSupported", "PodFeatureUnsupported", "Evicted", "SysctlForbidden",
        "TopologyAffinityError", "NodeShutdown", "VolumeAttachmentLimitExceeded",
    };

    public HistogramMetric ContainersPerPod { get; } = metrics.Histogram(
        "kubelet_containers_per_pod_count", "Containers of pods.", [1, 2, 4, 8, 16]);

    public HistogramMetric WorkerDuration { get; } = metrics.Histogram(
        "kubelet_pod_worker_duration_seconds", "How long a look at a pod took, by what it was for.", Usual,
        "operation_type");

    public HistogramMetric WorkerStart { get; } = metrics.Histogram(
        "kubelet_pod_worker_start_duration_seconds", "From when a pod was seen until it was worked on.", Usual);

    public HistogramMetric Start { get; } = metrics.Histogram(
        "kubelet_pod_start_duration_seconds", "From when a pod was seen until it ran.", StartBounds);

    public HistogramMetric StartSli { get; } = metrics.Histogram(
        "kubelet_pod_start_sli_duration_seconds",
        "From a pod's creation until its containers had started, without pulls and init containers.", StartBounds);

    public HistogramMetric StartTotal { get; } = metrics.Histogram(
        "kubelet_pod_start_total_duration_seconds",
        "From a pod's creation until its containers had started.", StartBounds);

    public HistogramMetric StatusSync { get; } = metrics.Histogram(
        "kubelet_pod_status_sync_duration_seconds", "From a change of a pod's status until the API had it.",
        [.01, .05, .1, .5, 1, 5, 10, 20, 30, 45, 60]);

    public HistogramMetric Cgroups { get; } = metrics.Histogram(
        "kubelet_cgroup_manager_duration_seconds", "How long work on control groups took.", Usual, "operation_type");

    public HistogramMetric Relist { get; } = metrics.Histogram(
        "kubelet_pleg_relist_duration_seconds", "How long it took to list the runtime's pods.", Usual);

    public HistogramMetric RelistInterval { get; } = metrics.Histogram(
        "kubelet_pleg_relist_interval_seconds", "From one list of the runtime's pods to the next.", Usual);

    public NumberMetric LastSeen { get; } = metrics.Gauge(
        "kubelet_pleg_last_seen_seconds", "When the runtime's pods were listed last.");

    public NumberMetric Discarded { get; } = metrics.NamedOddly(
        "kubelet_pleg_discard_events", "Changes of the runtime's pods that were left out.");

    public NumberMetric StartedPods { get; } = metrics.Counter("kubelet_started_pods_total", "Sandboxes started.");

    public NumberMetric StartedPodErrors { get; } = metrics.Counter(
        "kubelet_started_pods_errors_total", "Sandboxes that could not be started.");

    public NumberMetric StartedUserNamespacedPods { get; } = metrics.Counter(
        "kubelet_started_user_namespaced_pods_total", "Sandboxes started with a user namespace of their own.");

    public NumberMetric StartedUserNamespacedPodErrors { get; } = metrics.Counter(
        "kubelet_started_user_namespaced_pods_errors_total",
        "Sandboxes with a user namespace of their own that could not be started.");

    public HistogramMetric RunSandbox { get; } = metrics.Histogram(
        "kubelet_run_podsandbox_duration_seconds", "How long it took to start sandboxes.", Usual, "runtime_handler");

    public NumberMetric RunSandboxErrors { get; } = metrics.Counter(
        "kubelet_run_podsandbox_errors_total", "Sandboxes that the runtime failed to start.", "runtime_handler");

    public NumberMetric StartedContainers { get; } = metrics.Counter(
        "kubelet_started_containers_total", "Containers started.", "container_type");

    public NumberMetric StartedContainerErrors { get; } = metrics.Counter(
        "kubelet_started_containers_errors_total", "Containers that could not be started.", "code", "container_type");

    public NumberMetric Desired { get; } = metrics.Gauge(
        "kubelet_desired_pods", "Pods that the node is to run.", "static");

    public NumberMetric Active { get; } = metrics.Gauge(
        "kubelet_active_pods", "Pods that count when others are let in.", "static");

    public NumberMetric Mirrors { get; } = metrics.Gauge("kubelet_mirror_pods", "Pods that stand for those of files.");

    public NumberMetric Working { get; } = metrics.Gauge(
        "kubelet_working_pods", "Pods that are worked on.", "config", "lifecycle", "static");

    public NumberMetric Orphans { get; } = metrics.Counter(
        "kubelet_orphaned_runtime_pods_total", "Pods of the runtime that nobody knew of.");

    public NumberMetric Restarted { get; } = metrics.Counter(
        "kubelet_restarted_pods_total", "Pods that came back with the uid they had.", "static");

    public NumberMetric Ephemeral { get; } = metrics.Gauge(
        "kubelet_managed_ephemeral_containers", "Ephemeral containers of the node's pods.");

    private readonly NumberMetric _rejections = metrics.Counter(
        "kubelet_admission_rejections_total", "Pods that were not let in, by reason.", "reason");

    /// <summary>A pod was not let in; reasons that upstream has no name for are <c>Other</c>.</summary>
    public void Rejected(string reason) => _rejections.Count(Reasons.Contains(reason) ? reason : "Other");

    public NumberMetric SleepsCutShort { get; } = metrics.Counter(
        "kubelet_sleep_action_terminated_early_total", "Hooks that sleep and were not let sleep to the end.");

    public NumberMetric HookFallbacks { get; } = metrics.Counter(
        "kubelet_lifecycle_handler_http_fallbacks_total", "Hooks that fell back from https to http.");
}
