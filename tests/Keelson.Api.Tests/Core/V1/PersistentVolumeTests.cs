using Keelson.Api.Core.V1;
using Keelson.Api.Tests.Kinds;
using Keelson.Machinery.Values;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class PersistentVolumeTests
{
    private const string Volume =
        """{"metadata":{"name":"v"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/data"}}}""";

    [Fact]
    public void A_volume_has_exactly_one_source()
    {
        Assert.Empty(KindWrites.CreateErrors<PersistentVolume>(Volume));
        Assert.Equal(
            ["spec.nfs: Forbidden: may not specify more than 1 volume type"],
            KindWrites.CreateErrors<PersistentVolume>(Volume.Replace("\"hostPath\"", "\"nfs\":{},\"hostPath\"")));
        Assert.Equal(
            ["spec: Required value: must specify a volume type"],
            KindWrites.CreateErrors<PersistentVolume>("""{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"]}}"""));
    }

    [Fact]
    public void A_local_volume_says_where_it_is()
    {
        Assert.Equal(
            ["spec.local.path: Invalid value: \"/a/../b\": must not contain '..'", "spec.nodeAffinity: Required value: Local volume requires node affinity"],
            KindWrites.CreateErrors<PersistentVolume>(
                """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"local":{"path":"/a/../b"}}}"""));
    }

    [Fact]
    public void A_source_never_changes()
    {
        PersistentVolume old = KindWrites.Created<PersistentVolume>(Volume);

        string error = Assert.Single(KindWrites.UpdateErrors(old, Volume.Replace("/data", "/other")));
        Assert.StartsWith("spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@ -2,7 +2,7 @@\n", error);
        Assert.Contains("-  \"Path\": \"/data\",\n+  \"Path\": \"/other\",\n", error);
    }

    [Fact]
    public void The_time_of_a_change_of_phase_is_noted()
    {
        PersistentVolume old = KindWrites.Created<PersistentVolume>(Volume) with
        {
            Status = PersistentVolumeStatus.Empty with { Phase = "Pending", LastPhaseTransitionTime = new Time(DateTimeOffset.UnixEpoch) },
        };
        PersistentVolume available = PersistentVolume.Subresources[0].Prepare(
            old with { Status = old.Status with { Phase = "Available" } }, old, new(new Time(KindWrites.Noon), ""));

        Assert.Equal(new Time(KindWrites.Noon), available.Status.LastPhaseTransitionTime);
    }
}
