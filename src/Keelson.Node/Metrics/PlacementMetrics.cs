namespace Keelson.Nodes.Metrics;

/// <summary>Processors, memory and devices that containers are given for themselves.</summary>
internal sealed class PlacementMetrics(MetricSet metrics)
{
    /// <summary>What may be aligned to whole cores, to one last level of cache, to one NUMA node.</summary>
    public const string WholeCores = "physical_cpu";

    public const string OneCache = "uncore_cache";

    public const string OneNode = "numa_node";

    /// <summary>Of which the resources are aligned.</summary>
    public const string OfContainer = "container";

    public const string OfPod = "pod";

    public NumberMetric CpuRequests { get; } = metrics.Counter(
        "kubelet_cpu_manager_pinning_requests_total", "Containers that asked for processors of their own.");

    public NumberMetric CpuErrors { get; } = metrics.Counter(
        "kubelet_cpu_manager_pinning_errors_total", "Containers that could not be given processors of their own.");

    public NumberMetric CpuShared { get; } = metrics.Gauge(
        "kubelet_cpu_manager_shared_pool_size_millicores", "Processors that containers share, in thousandths.");

    public NumberMetric CpuExclusive { get; } = metrics.Gauge(
        "kubelet_cpu_manager_exclusive_cpu_allocation_count", "Processors that containers have for themselves.");

    public NumberMetric CpuPerNuma { get; } = metrics.Gauge(
        "kubelet_cpu_manager_allocation_per_numa", "Processors given to containers, by NUMA node.", "numa_node");

    public NumberMetric MemoryRequests { get; } = metrics.Counter(
        "kubelet_memory_manager_pinning_requests_total", "Containers that asked for memory of their own.");

    public NumberMetric MemoryErrors { get; } = metrics.Counter(
        "kubelet_memory_manager_pinning_errors_total", "Containers that could not be given memory of their own.");

    public NumberMetric TopologyRequests { get; } = metrics.Counter(
        "kubelet_topology_manager_admission_requests_total", "Pods whose resources were to be close to each other.");

    public NumberMetric TopologyErrors { get; } = metrics.Counter(
        "kubelet_topology_manager_admission_errors_total", "Pods whose resources could not be close to each other.");

    public HistogramMetric TopologyDuration { get; } = metrics.Histogram(
        "kubelet_topology_manager_admission_duration_ms", "How long it took to choose resources, in milliseconds.",
        [.05, .1, .2, .4, .8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6, 819.2]);

    public NumberMetric Aligned { get; } = metrics.NamedOddly(
        "kubelet_container_aligned_compute_resources_count", "Containers whose resources are aligned.",
        "boundary", "scope");

    public NumberMetric NotAligned { get; } = metrics.NamedOddly(
        "kubelet_container_aligned_compute_resources_failure_count", "Containers whose resources could not be aligned.",
        "boundary", "scope");

    public NumberMetric DevicePlugins { get; } = metrics.Counter(
        "kubelet_device_plugin_registration_total", "Device plugins that registered.", "resource_name");

    public HistogramMetric DeviceDuration { get; } = metrics.Histogram(
        "kubelet_device_plugin_alloc_duration_seconds", "How long device plugins took to allocate.",
        MetricSet.UsualBuckets, "resource_name");

    /// <summary>Calls of the pod resources API, by its version.</summary>
    public NumberMetric PodResourcesCalls { get; } = metrics.Counter(
        "kubelet_pod_resources_endpoint_requests_total", "Calls of the pod resources API.", "server_api_version");

    public NumberMetric PodResourcesLists { get; } = metrics.NamedOddly(
        "kubelet_pod_resources_endpoint_requests_list", "Lists by the pod resources API.", "server_api_version");

    public NumberMetric PodResourcesGets { get; } = metrics.NamedOddly(
        "kubelet_pod_resources_endpoint_requests_get", "Pods asked for by the pod resources API.",
        "server_api_version");

    public NumberMetric PodResourcesListErrors { get; } = metrics.NamedOddly(
        "kubelet_pod_resources_endpoint_errors_list", "Lists by the pod resources API that failed.",
        "server_api_version");

    public NumberMetric PodResourcesGetErrors { get; } = metrics.NamedOddly(
        "kubelet_pod_resources_endpoint_errors_get", "Pods asked for by the pod resources API in vain.",
        "server_api_version");

    public NumberMetric PodResourcesAllocatableErrors { get; } = metrics.NamedOddly(
        "kubelet_pod_resources_endpoint_errors_get_allocatable",
        "Questions for allocatable resources by the pod resources API that failed.", "server_api_version");

    public NumberMetric PodResourcesAllocatable { get; } = metrics.NamedOddly(
        "kubelet_pod_resources_endpoint_requests_get_allocatable",
        "Questions for allocatable resources by the pod resources API.", "server_api_version");
}
