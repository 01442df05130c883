using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>Drivers, classes and attachments: what of the storage is API alone.</summary>
public sealed class StorageApiTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    [Conformance("[sig-storage] CSIInlineVolumes should run through the lifecycle of a CSIDriver")]
    public async Task Should_run_through_the_lifecycle_of_a_CSIDriver()
    {
        ObjectLifecycle drivers = new(Of("csidrivers"), "inline-driver", "spec: {volumeLifecycleModes: [Ephemeral]}");
        await drivers.CreateAsync("a");
        await drivers.CreateAsync("b");
        await drivers.PatchAsync("a");
        JsonNode updated =
            await drivers.Resource.UpdateAsync("inline-driver-b", static one => one.SetLabel("updated", "true"));
        Assert.Equal("true", updated.Label("updated"));
        Assert.Equal(2, (await drivers.Resource.ListAsync("suite=inline-driver")).Count);
        await drivers.Resource.DeleteAsync("inline-driver-a");
        await drivers.Resource.GoneAsync("inline-driver-a");
        await drivers.DeleteCollectionAsync("updated=true");
    }

    [Fact]
    [Conformance("[sig-storage] CSIInlineVolumes should support CSIVolumeSource in Pod API")]
    public async Task Should_support_CSIVolumeSource_in_Pod_API()
    {
        await Of("csidrivers").CreateAsync(
            """
            metadata: {name: inline.example.com}
            spec: {volumeLifecycleModes: [Ephemeral], podInfoOnMount: true, attachRequired: false}
            """);
        Workspace space = await Workspace.CreateAsync(cluster);
        await space.Pods.CreateAsync(
            """
            metadata: {name: inline, labels: {suite: inline} }
            spec:
              volumes:
              - name: v
                csi: {driver: inline.example.com, volumeAttributes: {size: 1Gi}, fsType: xfs, readOnly: false}
              containers: [{name: c, image: busybox, volumeMounts: [{name: v, mountPath: /mnt/v}] }]
            """);
        JsonNode read = await space.Pods.GetAsync("inline");
        Assert.Equal("inline.example.com", read.Text("spec.volumes.0.csi.driver"));
        Assert.Equal("xfs", read.Text("spec.volumes.0.csi.fsType"));
        Assert.Equal("1Gi", read.Text("spec.volumes.0.csi.volumeAttributes.size"));
        Assert.Single(await space.Pods.ListAsync("suite=inline"));
        JsonNode patched = await space.Pods.MergeAsync("inline", """{"metadata":{"labels":{"patched":"true"}}}""");
        Assert.Equal("true", patched.Label("patched"));
        await space.Pods.DeleteAsync("inline", """{"gracePeriodSeconds":0}""");
        await space.Pods.GoneAsync("inline");
    }

    [Fact]
    [Conformance("[sig-storage] CSINodes CSI Conformance should run through the lifecycle of a csinode")]
    public Task Should_run_through_the_lifecycle_of_a_csinode() =>
        new ObjectLifecycle(Of("csinodes"), "csinode", "spec: {drivers: []}").RunAsync();

    [Fact]
    [Conformance("[sig-storage] StorageClasses CSI Conformance should run through the lifecycle of a StorageClass")]
    public Task Should_run_through_the_lifecycle_of_a_StorageClass() =>
        new ObjectLifecycle(Of("storageclasses"), "class", "provisioner: e2e-fake-provisioner").RunAsync();

    [Fact]
    [Conformance(
        "[sig-storage] VolumeAttributesClass [FeatureGate:VolumeAttributesClass] should run through the lifecycle of a",
        "VolumeAttributesClass")]
    public Task Should_run_through_the_lifecycle_of_a_VolumeAttributesClass() => new ObjectLifecycle(
        Of("volumeattributesclasses"),
        "attributes",
        "driverName: e2e-fake-csi-driver\nparameters: {iops: \"1000\"}").RunAsync();

    [Fact]
    [Conformance("[sig-storage] VolumeAttachment Conformance should run through the lifecycle of a VolumeAttachment")]
    public Task Should_run_through_the_lifecycle_of_a_VolumeAttachment() =>
        new ObjectLifecycle(Of("volumeattachments"), "attachment", Attachment("pv-life")).RunAsync();

    [Fact]
    [Conformance("[sig-storage] VolumeAttachment Conformance should apply changes to a volumeattachment status")]
    public async Task Should_apply_changes_to_a_volumeattachment_status()
    {
        ObjectLifecycle attachments = new(Of("volumeattachments"), "status", Attachment("pv-status"));
        await attachments.CreateAsync("a");
        await attachments.PatchAsync("a");
        Assert.False((bool)(await attachments.Resource.GetAsync("status-a/status")).At("status.attached")!);
        JsonNode patched = await attachments.Resource.MergeAsync(
            "status-a/status", """{"metadata":{"labels":{"b":"c"}},"status":{"attached":true}}""");
        Assert.True((bool)patched.At("status.attached")!);
        JsonNode updated = await attachments.Resource.UpdateAsync(
            "status-a/status", static one => one["status"]!["attached"] = false);
        Assert.False((bool)updated.At("status.attached")!);
        await attachments.Resource.DeleteAsync("status-a");
        await attachments.Resource.GoneAsync("status-a");
    }

    private static string Attachment(string volume) =>
        $$"""spec: {attacher: e2e-fake.example.com, nodeName: nowhere, source: {persistentVolumeName: {{volume}} } }""";

    private Resource Of(string resource) => new(cluster, "/apis/storage.k8s.io/v1/" + resource);
}
