using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Volumes that show a secret.</summary>
public sealed class SecretVolumeTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private KeyedVolume Volume => new(Space, "secret");

    [Fact]
    [Conformance("[sig-storage] Secrets should be consumable from pods in volume [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume() => Volume.ShowsAsync("-rw-r--r-- 0:0 value-1");

    [Fact]
    [Conformance(
        "[sig-storage] Secrets should be consumable from pods in volume with defaultMode set [LinuxOnly]",
        "[NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_defaultMode_set() =>
        Volume.ShowsAsync("-r-------- 0:0 value-1", mode: KeyedVolume.OwnerReads);

    [Fact]
    [Conformance(
        "[sig-storage] Secrets should be consumable from pods in volume as non-root with defaultMode and",
        "fsGroup set [LinuxOnly] [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_as_non_root_with_defaultMode_and_fsGroup_set() =>
        Volume.ShowsAsync(
            "-r--r----- 0:1001 value-1", mode: KeyedVolume.GroupReads, security: "runAsUser: 1000, fsGroup: 1001");

    [Fact]
    [Conformance("[sig-storage] Secrets should be consumable from pods in volume with mappings [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings() =>
        Volume.ShowsAsync("-rw-r--r-- 0:0 value-2", KeyedVolume.Mapped);

    [Fact]
    [Conformance(
        "[sig-storage] Secrets should be consumable from pods in volume with mappings and Item Mode set",
        "[LinuxOnly] [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings_and_Item_Mode_set() =>
        Volume.ShowsAsync("-r-------- 0:0 value-2", KeyedVolume.MappedWithMode);

    [Fact]
    [Conformance("[sig-storage] Secrets should be consumable in multiple volumes in a pod [NodeConformance]")]
    public Task Should_be_consumable_in_multiple_volumes_in_a_pod() => Volume.ShowsTwiceAsync();

    [Fact]
    [Conformance("[sig-storage] Secrets optional updates should be reflected in volume [NodeConformance]")]
    public Task Optional_updates_should_be_reflected_in_volume() => Volume.FollowsOptionalAsync();

    [Fact]
    [Conformance("[sig-storage] Secrets should be immutable if `immutable` field is set")]
    public Task Should_be_immutable_if_immutable_field_is_set() => Volume.IsImmutableAsync();

    [Fact]
    [Conformance(
        "[sig-storage] Secrets should be able to mount in a volume regardless of a different secret existing with same",
        "name in different namespace [NodeConformance]")]
    public async Task Should_be_able_to_mount_regardless_of_a_secret_with_same_name_in_different_namespace()
    {
        Workspace other = await AnotherSpaceAsync();
        await new KeyedVolume(other, "secret").CreateAsync("shown", "{data-1: somebody-elses}");
        await Volume.ShowsAsync("-rw-r--r-- 0:0 value-1");
    }
}
