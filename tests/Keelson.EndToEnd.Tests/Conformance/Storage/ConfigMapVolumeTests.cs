using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Volumes that show a config map.</summary>
public sealed class ConfigMapVolumeTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private KeyedVolume Volume => new(Space, "configMap");

    [Fact]
    [Conformance("[sig-storage] ConfigMap should be consumable from pods in volume [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume() => Volume.ShowsAsync("-rw-r--r-- 0:0 value-1");

    [Fact]
    [Conformance(
        "[sig-storage] ConfigMap should be consumable from pods in volume with defaultMode set [LinuxOnly]",
        "[NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_defaultMode_set() =>
        Volume.ShowsAsync("-r-------- 0:0 value-1", mode: KeyedVolume.OwnerReads);

    [Fact]
    [Conformance("[sig-storage] ConfigMap should be consumable from pods in volume as non-root [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_as_non_root() =>
        Volume.ShowsAsync("-rw-r--r-- 0:0 value-1", security: "runAsUser: 1000");

    [Fact]
    [Conformance("[sig-storage] ConfigMap should be consumable from pods in volume with mappings [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings() =>
        Volume.ShowsAsync("-rw-r--r-- 0:0 value-2", KeyedVolume.Mapped);

    [Fact]
    [Conformance(
        "[sig-storage] ConfigMap should be consumable from pods in volume with mappings and Item mode set",
        "[LinuxOnly] [NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings_and_Item_mode_set() =>
        Volume.ShowsAsync("-r-------- 0:0 value-2", KeyedVolume.MappedWithMode);

    [Fact]
    [Conformance(
        "[sig-storage] ConfigMap should be consumable from pods in volume with mappings as non-root",
        "[NodeConformance]")]
    public Task Should_be_consumable_from_pods_in_volume_with_mappings_as_non_root() =>
        Volume.ShowsAsync("-rw-r--r-- 0:0 value-2", KeyedVolume.Mapped, security: "runAsUser: 1000");

    [Fact]
    [Conformance("[sig-storage] ConfigMap should be consumable in multiple volumes in the same pod [NodeConformance]")]
    public Task Should_be_consumable_in_multiple_volumes_in_the_same_pod() => Volume.ShowsTwiceAsync();

    [Fact]
    [Conformance("[sig-storage] ConfigMap updates should be reflected in volume [NodeConformance]")]
    public Task Updates_should_be_reflected_in_volume() => Volume.FollowsAsync();

    [Fact]
    [Conformance("[sig-storage] ConfigMap optional updates should be reflected in volume [NodeConformance]")]
    public Task Optional_updates_should_be_reflected_in_volume() => Volume.FollowsOptionalAsync();

    [Fact]
    [Conformance("[sig-storage] ConfigMap should be immutable if `immutable` field is set")]
    public Task Should_be_immutable_if_immutable_field_is_set() => Volume.IsImmutableAsync();

    [Fact]
    [Conformance("[sig-storage] ConfigMap binary data should be reflected in volume [NodeConformance]")]
    public async Task Binary_data_should_be_reflected_in_volume()
    {
        byte[] binary = [0xde, 0xca, 0xfe, 0xba, 0xd0, 0xfe, 0xff];
        await Space.ConfigMaps.CreateAsync(
            $$"""
            metadata: {name: binary}
            data: {data-1: value-1}
            binaryData: {dump.bin: {{Convert.ToBase64String(binary)}} }
            """);
        string log = await Space.SucceedAsync(PodShell.Running(
            "cat /etc/v/data-1; echo; base64 /etc/v/dump.bin", Volume.Source("binary")));
        Assert.Equal($"value-1\n{Convert.ToBase64String(binary)}\n", log);
    }
}
