using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Config maps in projected volumes.</summary>
public sealed class ProjectedConfigMapTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private KeyedVolume Volume => new(Space, "configMap", IsProjected: true);

    [Fact]
    [Conformance("[sig-storage] Projected configMap should be consumable from pods in volume [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume() => Volume.ShowsAsync("-rw-r--r-- 0:0 value-1");

    [Fact]
    [Conformance(
        "[sig-storage] Projected configMap should be consumable from pods in volume with defaultMode set",
        "[LinuxOnly] [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_defaultMode_set() =>
        Volume.ShowsAsync("-r-------- 0:0 value-1", mode: KeyedVolume.OwnerReads);

    [Fact]
    [Conformance(
        "[sig-storage] Projected configMap should be consumable from pods in volume as non-root",
        "[NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_as_non_root() =>
        Volume.ShowsAsync("-rw-r--r-- 0:0 value-1", security: "runAsUser: 1000");

    [Fact]
    [Conformance(
        "[sig-storage] Projected configMap should be consumable from pods in volume with mappings",
        "[NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings() =>
        Volume.ShowsAsync("-rw-r--r-- 0:0 value-2", KeyedVolume.Mapped);

    [Fact]
    [Conformance(
        "[sig-storage] Projected configMap should be consumable from pods in volume with mappings and Item",
        "mode set [LinuxOnly] [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings_and_Item_mode_set() =>
        Volume.ShowsAsync("-r-------- 0:0 value-2", KeyedVolume.MappedWithMode);

    [Fact]
    [Conformance(
        "[sig-storage] Projected configMap should be consumable from pods in volume with mappings as",
        "non-root [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings_as_non_root() =>
        Volume.ShowsAsync("-rw-r--r-- 0:0 value-2", KeyedVolume.Mapped, security: "runAsUser: 1000");

    [Fact]
    [Conformance(
        "[sig-storage] Projected configMap should be consumable in multiple volumes in the same pod",
        "[NodeConformance]")]
    public Task Should_be_consumable_in_multiple_volumes_in_the_same_pod() => Volume.ShowsTwiceAsync();

    [Fact]
    [Conformance("[sig-storage] Projected configMap updates should be reflected in volume [NodeConformance]")]
    public Task Updates_should_be_reflected_in_volume() => Volume.FollowsAsync();

    [Fact]
    [Conformance("[sig-storage] Projected configMap optional updates should be reflected in volume [NodeConformance]")]
    public Task Optional_updates_should_be_reflected_in_volume() => Volume.FollowsOptionalAsync();
}
