using Keelson.Api.Core.V1;
using Keelson.Controllers.Tests.VolumeBinding;
using Keelson.Controllers.VolumeBinding;
using Keelson.Controllers.VolumeExpansion;
using static Keelson.Controllers.Tests.VolumeBinding.VolumeTestObjects;

namespace Keelson.Controllers.Tests.VolumeExpansion;

public sealed class ExpansionPlanTests
{
    [Fact]
    public void A_bound_claim_that_asks_for_more_is_left_to_who_resizes()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        PersistentVolume volume = Volume("v", "5Gi").Reserved(claim, withUid: true);
        claim = claim with { Status = VolumeBond.BoundStatus(claim, volume) };
        Assert.Null(ExpansionPlan.Compute(claim, volume));
        PersistentVolumeClaim more = claim with { Spec = Claim("c", "6Gi").Spec };
        Assert.Equal(
            new(null, "waiting for an external controller to expand this PVC"), ExpansionPlan.Compute(more, volume));
        Assert.Null(ExpansionPlan.Compute(more, volume.Reserved(Claim("other", "5Gi"), withUid: true)));
        Assert.Null(ExpansionPlan.Compute(more with { Status = more.Status with { Phase = "Pending" } }, volume));
    }

    [Fact]
    public void A_volume_of_a_plugin_that_became_a_driver_is_handed_to_the_driver()
    {
        PersistentVolumeClaim claim = Claim("c", "6Gi");
        PersistentVolume volume = Volume("v", "5Gi").Reserved(claim, withUid: true);
        claim = claim with { Status = VolumeBond.BoundStatus(claim, volume) };
        volume = volume with
        {
            Spec = volume.Spec with
            {
                PersistentVolumeSource = volume.Spec.PersistentVolumeSource with { Cinder = new CinderPersistentVolumeSource { VolumeID = "x" } },
            },
        };
        Assert.Equal(
            new(
                "cinder.csi.openstack.org",
                "CSI migration enabled for kubernetes.io/cinder; waiting for external resizer to expand the pvc"),
            ExpansionPlan.Compute(claim, volume));
    }
}
