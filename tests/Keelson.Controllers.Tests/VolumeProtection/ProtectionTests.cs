using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.VolumeProtection;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.VolumeProtection;

public sealed class ProtectionTests
{
    private const string Finalizer = "kubernetes.io/pvc-protection";
    private static readonly Time Going = new(DateTimeOffset.UnixEpoch.AddDays(1));

    [Fact]
    public void The_finalizer_comes_with_the_object_and_goes_with_its_last_user()
    {
        Assert.Equal([Finalizer], Protection.Compute(ObjectMeta.Empty, Finalizer, static () => false));
        ObjectMeta going = ObjectMeta.Empty with { DeletionTimestamp = Going, Finalizers = [Finalizer] };
        Assert.Equal([Finalizer], Protection.Compute(going, Finalizer, static () => true));
        Assert.Empty(Protection.Compute(going, Finalizer, static () => false));
        Assert.Empty(Protection.Compute(going with { Finalizers = [] }, Finalizer, static () => true));
    }

    [Fact]
    public void Only_a_pod_that_is_on_a_node_holds_a_claim()
    {
        PersistentVolumeClaim claim = new() { Metadata = ObjectMeta.Empty with { Name = "data" } };
        Pod pod = new()
        {
            Spec = new PodSpec
            {
                NodeName = "n",
                Volumes =
                [
                    new Volume
                    {
                        Name = "v",
                        VolumeSource = new VolumeSource { PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = "data" } },
                    },
                ],
            },
        };
        Assert.True(ClaimUses.Holds(pod, claim));
        Assert.False(ClaimUses.Holds(pod with { Spec = pod.Spec with { NodeName = "" } }, claim));
        Assert.Equal(["data"], ClaimUses.Of(pod));
    }
}
