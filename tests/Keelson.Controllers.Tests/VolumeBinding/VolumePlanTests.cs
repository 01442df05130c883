using Keelson.Api.Core.V1;
using Keelson.Controllers.VolumeBinding;
using static Keelson.Controllers.Tests.VolumeBinding.VolumeTestObjects;

namespace Keelson.Controllers.Tests.VolumeBinding;

public sealed class VolumePlanTests
{
    [Fact]
    public void Binding_marks_what_the_controller_chose_and_not_what_the_user_chose()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        PersistentVolume volume = Volume("v", "8Gi");
        PersistentVolume chosen = VolumeBond.Bound(volume, claim);
        Assert.Equal("uid-c", chosen.Spec.ClaimRef?.Uid);
        Assert.Equal("yes", chosen.Metadata.Annotations.GetValueOrDefault(StorageNotes.BoundByController));
        Assert.Same(chosen, VolumeBond.Bound(chosen, claim));
        PersistentVolume reserved = VolumeBond.Bound(volume.Reserved(claim, withUid: false), claim);
        Assert.Equal("uid-c", reserved.Spec.ClaimRef?.Uid);
        Assert.False(reserved.Metadata.Annotations.ContainsKey(StorageNotes.BoundByController));

        PersistentVolumeClaim bound = VolumeBond.Bound(claim, volume);
        Assert.Equal(
            ["pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"],
            bound.Metadata.Annotations.Keys);
        Assert.Same(bound, VolumeBond.Bound(bound, volume));
        PersistentVolumeClaimStatus status = VolumeBond.BoundStatus(bound, volume);
        Assert.Equal(("Bound", "8Gi"), (status.Phase, status.Capacity["storage"].ToString()));
    }

    [Fact]
    public void The_capacity_of_a_bound_claim_is_left_to_who_resizes()
    {
        PersistentVolume volume = Volume("v", "8Gi");
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        claim = claim with { Status = VolumeBond.BoundStatus(claim, volume) };
        Assert.Equal("8Gi", VolumeBond.BoundStatus(claim, Volume("v", "9Gi")).Capacity["storage"].ToString());
    }

    [Fact]
    public void Phases_follow_the_claim()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        PersistentVolumeClaim bound = claim with { Spec = claim.Spec with { VolumeName = "v" } };
        PersistentVolume volume = Volume("v", "5Gi");
        Assert.Equal("Available", VolumePlan.Compute(volume, null).Phase);
        Assert.Equal("Available", VolumePlan.Compute(volume.Reserved(claim, withUid: false), claim).Phase);
        Assert.Equal("Bound", VolumePlan.Compute(volume.Reserved(claim, withUid: true), bound).Phase);
        Assert.True(VolumePlan.Compute(volume.Reserved(claim, withUid: true), claim).ClaimIsBehind);
        VolumePlan released = VolumePlan.Compute(volume.Reserved(claim, withUid: true), null);
        Assert.Equal((VolumeStep.Reclaim, "Released"), (released.Step, released.Phase));
        PersistentVolumeClaim again = bound with { Metadata = bound.Metadata with { Uid = "another" } };
        Assert.Equal(VolumeStep.Reclaim, VolumePlan.Compute(volume.Reserved(claim, withUid: true), again).Step);
    }

    [Fact]
    public void A_volume_whose_claim_is_bound_elsewhere_becomes_free_or_is_done_with()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        claim = claim with { Spec = claim.Spec with { VolumeName = "other" } };
        PersistentVolume volume = Volume("v", "5Gi").Reserved(claim, withUid: true);
        Assert.Equal("", VolumePlan.Compute(volume, claim).Changed?.Spec.ClaimRef?.Uid);
        PersistentVolume chosen = Noted(volume, StorageNotes.BoundByController, "yes");
        Assert.Null(VolumePlan.Compute(chosen, claim).Changed!.Spec.ClaimRef);
        PersistentVolume made = Noted(chosen, StorageNotes.ProvisionedBy, "x.example.com");
        made = made with { Spec = made.Spec with { PersistentVolumeReclaimPolicy = "Delete" } };
        Assert.Equal(VolumeStep.Reclaim, VolumePlan.Compute(made, claim).Step);
    }

    [Theory]
    [InlineData("Retain", "", "Leave", null)]
    [InlineData("Delete", "x.example.com", "Leave", null)]
    [InlineData("Recycle", "", "Recycle", null)]
    [InlineData("Delete", "", "Fail", "error getting deleter volume plugin for volume \"v\": no deletable volume plugin matched")]
    public void A_released_volume_is_done_with_as_its_policy_says(
        string policy, string provisioner, string step, string? message)
    {
        PersistentVolume volume = Volume("v", "5Gi");
        volume = volume with
        {
            Spec = volume.Spec with
            {
                PersistentVolumeReclaimPolicy = policy,
                PersistentVolumeSource =
                    volume.Spec.PersistentVolumeSource with { Nfs = new NFSVolumeSource { Server = "s", Path = "/" } },
            },
        };
        volume = provisioner.Length == 0 ? volume : Noted(volume, StorageNotes.ProvisionedBy, provisioner);
        (ReclaimStep done, VolumeEvent? told) = VolumePlan.Reclaim(volume);
        Assert.Equal((step, message), (done.ToString(), told?.Message));
    }

    [Fact]
    public void Only_directories_of_tmp_are_deleted_with_their_volume()
    {
        PersistentVolume volume = Volume("v", "5Gi");
        PersistentVolume At(string path) => volume with
        {
            Spec = volume.Spec with
            {
                PersistentVolumeReclaimPolicy = "Delete",
                PersistentVolumeSource =
                    volume.Spec.PersistentVolumeSource with { HostPath = new HostPathVolumeSource { Path = path } },
            },
        };
        Assert.Equal(ReclaimStep.Delete, VolumePlan.Reclaim(At("/tmp/data")).Step);
        Assert.Equal(
            "host_path deleter only supports /tmp/.+ but received provided /var/tmp/x",
            VolumePlan.Reclaim(At("/var/tmp/x")).Event?.Message);
        Assert.Equal(ReclaimStep.Fail, VolumePlan.Reclaim(At("/tmp/")).Step);
    }

    [Fact]
    public void Volumes_of_plugins_that_became_drivers_are_left_to_the_driver()
    {
        PersistentVolume volume = Noted(Volume("v", "5Gi"), StorageNotes.ProvisionedBy, "kubernetes.io/gce-pd");
        VolumePlan plan = VolumePlan.Compute(volume, null);
        Assert.Equal(
            (VolumeStep.Write, "pd.csi.storage.gke.io"),
            (plan.Step, plan.Changed?.Metadata.Annotations[StorageNotes.MigratedTo]));
        Assert.Equal(ReclaimStep.Leave, VolumePlan.Reclaim(plan.Changed!).Step);
    }
}
