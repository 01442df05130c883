using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.VolumeBinding;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.VolumeBinding;

public sealed class VolumeRecyclingTests
{
    private static readonly PersistentVolume Volume = new()
    {
        Metadata = ObjectMeta.Empty with { Name = "v" },
        Spec = new PersistentVolumeSpec
        {
            PersistentVolumeReclaimPolicy = "Recycle",
            Capacity = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse("3Gi")),
            PersistentVolumeSource = new() { HostPath = new HostPathVolumeSource { Path = "/data/v" } },
        },
    };

    [Fact]
    public void A_pod_empties_the_volume_and_has_time_by_its_size()
    {
        Pod pod = VolumeRecycling.Next(Volume, null).Create!;
        Assert.Equal(
            ("recycler-for-v", "default", "Never", 90L, "/data/v"),
            (pod.Metadata.Name, pod.Metadata.Namespace, pod.Spec.RestartPolicy, pod.Spec.ActiveDeadlineSeconds,
                pod.Spec.Volumes[0].VolumeSource.HostPath!.Path));
        Container container = Assert.Single(pod.Spec.Containers);
        Assert.Equal(("pv-recycler", "/scrub"), (container.Name, container.VolumeMounts[0].MountPath));
        Assert.Equal("v", VolumeRecycling.VolumeOf(pod));
        Assert.Null(VolumeRecycling.VolumeOf(pod with { Metadata = pod.Metadata with { Namespace = "other" } }));
    }

    [Theory]
    [InlineData("Pending", "", false, false, null)]
    [InlineData("Running", "", false, false, null)]
    [InlineData("Succeeded", "", true, true, null)]
    [InlineData("Failed", "", true, false, "pod failed, pod.Status.Message unknown")]
    [InlineData("Failed", "out of time", true, false, "out of time")]
    public void What_became_of_the_pod_decides(string phase, string message, bool goes, bool isDone, string? problem)
    {
        Pod pod = VolumeRecycling.Next(Volume, null).Create!;
        pod = pod with { Status = PodStatus.Empty with { Phase = phase, Message = message } };
        VolumeRecycling next = VolumeRecycling.Next(Volume, pod);
        Assert.Equal(
            (null, goes, isDone, problem), (next.Create, next.Delete is not null, next.IsDone, next.Problem));
    }

    [Fact]
    public void Only_directories_can_be_emptied()
    {
        Assert.Equal(ReclaimStep.Recycle, VolumePlan.Reclaim(Volume).Step);
        PersistentVolume csi = Volume with
        {
            Spec = Volume.Spec with { PersistentVolumeSource = new() { Csi = new() { Driver = "d" } } },
        };
        Assert.Equal(ReclaimStep.Fail, VolumePlan.Reclaim(csi).Step);
    }
}
