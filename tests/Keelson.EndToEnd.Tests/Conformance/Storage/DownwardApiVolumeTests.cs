using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Volumes that show fields of the pod.</summary>
public sealed class DownwardApiVolumeTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private DownwardVolume Volume => new(Space);

    [Fact]
    [Conformance("[sig-storage] Downward API volume should provide podname only [NodeConformance]")]
    public Task Should_provide_podname_only() => Volume.ShowsAsync(DownwardVolume.PodName, "-rw-r--r-- 0:0 runs");

    [Fact]
    [Conformance("[sig-storage] Downward API volume should set DefaultMode on files [LinuxOnly] [NodeConformance]")]
    public Task Should_set_DefaultMode_on_files() =>
        Volume.ShowsAsync(DownwardVolume.PodName, "-r-------- 0:0 runs", KeyedVolume.OwnerReads);

    [Fact]
    [Conformance("[sig-storage] Downward API volume should set mode on item file [LinuxOnly] [NodeConformance]")]
    public Task Should_set_mode_on_item_file() =>
        Volume.ShowsAsync(DownwardVolume.PodName + ", mode: 256", "-r-------- 0:0 runs");

    [Fact]
    [Conformance("[sig-storage] Downward API volume should update labels on modification [NodeConformance]")]
    public Task Should_update_labels_on_modification() => Volume.FollowsAsync("labels");

    [Fact]
    [Conformance("[sig-storage] Downward API volume should update annotations on modification [NodeConformance]")]
    public Task Should_update_annotations_on_modification() => Volume.FollowsAsync("annotations");

    [Fact]
    [Conformance("[sig-storage] Downward API volume should provide container's cpu limit [NodeConformance]")]
    public Task Should_provide_containers_cpu_limit() => Volume.ShowsResourceAsync("limits.cpu", "2");

    [Fact]
    [Conformance("[sig-storage] Downward API volume should provide container's memory limit [NodeConformance]")]
    public Task Should_provide_containers_memory_limit() => Volume.ShowsResourceAsync("limits.memory", "67108864");

    [Fact]
    [Conformance("[sig-storage] Downward API volume should provide container's cpu request [NodeConformance]")]
    public Task Should_provide_containers_cpu_request() => Volume.ShowsResourceAsync("requests.cpu", "1");

    [Fact]
    [Conformance("[sig-storage] Downward API volume should provide container's memory request [NodeConformance]")]
    public Task Should_provide_containers_memory_request() => Volume.ShowsResourceAsync("requests.memory", "33554432");

    [Fact]
    [Conformance(
        "[sig-storage] Downward API volume should provide node allocatable (cpu) as default cpu limit if the",
        "limit is not set [NodeConformance]")]
    public Task Should_provide_node_allocatable_cpu_as_default_cpu_limit_if_the_limit_is_not_set() =>
        Volume.ShowsAllocatableAsync("cpu");

    [Fact]
    [Conformance(
        "[sig-storage] Downward API volume should provide node allocatable (memory) as default memory limit",
        "if the limit is not set [NodeConformance]")]
    public Task Should_provide_node_allocatable_memory_as_default_memory_limit_if_the_limit_is_not_set() =>
        Volume.ShowsAllocatableAsync("memory");
}
