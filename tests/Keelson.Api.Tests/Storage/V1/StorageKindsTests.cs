using Keelson.Api.Storage.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Storage.V1;

public sealed class StorageKindsTests
{
    [Fact]
    public void What_a_class_promises_can_not_change() => Assert.Equal(
        [
            "parameters: Invalid value: {\"a\":\"b\"}: field is immutable",
            "provisioner: Invalid value: \"y\": field is immutable",
            "reclaimPolicy: Invalid value: \"Retain\": field is immutable",
        ],
        KindProbe.UpdateErrors<StorageClass>(
            """{"provisioner":"x"}""",
            """{"provisioner":"y","parameters":{"a":"b"},"reclaimPolicy":"Retain","allowVolumeExpansion":true}"""));

    [Fact]
    public void Topologies_may_not_say_the_same_twice() => Assert.Equal(
        ["allowedTopologies[1].matchLabelExpressions: Duplicate value: \"\""],
        KindProbe.CreateErrors<StorageClass>("""
            {"provisioner":"x","allowedTopologies":[
              {"matchLabelExpressions":[{"key":"zone","values":["a","b"]}]},
              {"matchLabelExpressions":[{"key":"zone","values":["b","a"]}]}]}
            """));

    [Fact]
    public void A_driver_without_wishes_attaches_and_lives_long()
    {
        CSIDriver made = KindProbe.Create<CSIDriver>(
            """{"metadata":{"name":"d.example.com"},"spec":{"preventPodSchedulingIfMissing":true}}""");
        Assert.Equal(
            "d.example.com | True | False | False | <unset> | False | Persistent | <unknown>", KindProbe.Row(made));
        Assert.Null(made.Spec.PreventPodSchedulingIfMissing);
        Assert.Equal(
            [
                "spec.tokenRequests[0].expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes",
                "spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds",
            ],
            KindProbe.CreateErrors<CSIDriver>("""
                {"metadata":{"name":"d"},"spec":{"nodeAllocatableUpdatePeriodSeconds":9,"tokenRequests":[{"audience":"","expirationSeconds":5}]}}
                """));
    }

    [Fact]
    public void A_node_may_change_how_many_volumes_fit_but_not_its_id()
    {
        const string old = """{"spec":{"drivers":[{"name":"d","nodeID":"n","allocatable":{"count":8}}]}}""";
        Assert.Empty(KindProbe.UpdateErrors<CSINode>(old, old.Replace("8", "9", StringComparison.Ordinal)));
        Assert.Equal(
            ["spec.drivers: Invalid value: {\"Name\":\"d\",\"NodeID\":\"m\",\"TopologyKeys\":null,\"Allocatable\":{\"Count\":8}}: field is immutable"],
            KindProbe.UpdateErrors<CSINode>(old, old.Replace("\"n\"", "\"m\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_attachment_stays_what_it_is() => Assert.Equal(
        ["spec: Invalid value: {\"Attacher\":\"d\",\"Source\":{\"PersistentVolumeName\":\"v\",\"InlineVolumeSpec\":null},\"NodeName\":\"m\"}: field is immutable"],
        KindProbe.UpdateErrors<VolumeAttachment>(
            """{"spec":{"attacher":"d","nodeName":"n","source":{"persistentVolumeName":"v"}}}""",
            """{"spec":{"attacher":"d","nodeName":"m","source":{"persistentVolumeName":"v"}}}"""));

    [Fact]
    public void An_attachment_of_a_volume_without_name_describes_one_of_a_csi_driver() => Assert.Equal(
        [
            "spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes",
            "spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes",
            "spec.source.inlineVolumeSpec.persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes",
            "spec.source.inlineVolumeSpec.storageClassName: Forbidden: may not be specified in the context of inline volumes",
            "spec.source.inlineVolumeSpec.volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of inline volumes",
        ],
        KindProbe.CreateErrors<VolumeAttachment>("""
            {"metadata":{"name":"a"},"spec":{"attacher":"d.example.com","nodeName":"n","source":{"inlineVolumeSpec":{
              "accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"persistentVolumeReclaimPolicy":"Delete",
              "storageClassName":"c","volumeMode":"Block","hostPath":{"path":"/data"}}}}}
            """));

    [Fact]
    public void A_driver_is_named_as_drivers_are() => Assert.Equal(
        "name",
        Assert.Single(KindProbe.CreateErrors<CSIDriver>("""{"metadata":{"name":"a_b"},"spec":{}}""")).Split(':')[0]);

    [Fact]
    public void Labels_of_old_in_topologies_are_warned_of()
    {
        StorageClass made = KindProbe.Create<StorageClass>("""
            {"provisioner":"x","allowedTopologies":[{"matchLabelExpressions":[
              {"key":"a","values":["b"]},{"key":"failure-domain.beta.kubernetes.io/zone","values":["z"]}]}]}
            """);
        Assert.Equal(
            [
                "allowedTopologies[0].matchLabelExpressions[1].key: deprecated since v1.17; "
                    + "use \"topology.kubernetes.io/zone\" instead",
            ],
            StorageClass.Warnings(made, null));

        CSIStorageCapacity capacity = KindProbe.Create<CSIStorageCapacity>("""
            {"storageClassName":"x","nodeTopology":{"matchLabels":{"beta.kubernetes.io/os":"linux"},
              "matchExpressions":[{"key":"beta.kubernetes.io/arch","operator":"Exists"}]}}
            """);
        Assert.Equal(2, CSIStorageCapacity.Warnings(capacity, null).Count());
    }
}
