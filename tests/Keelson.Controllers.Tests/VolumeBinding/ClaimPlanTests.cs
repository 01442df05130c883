using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.VolumeBinding;
using Keelson.Machinery.Values;
using static Keelson.Controllers.Tests.VolumeBinding.VolumeTestObjects;

namespace Keelson.Controllers.Tests.VolumeBinding;

public sealed class ClaimPlanTests
{
    [Fact]
    public void The_smallest_volume_that_does_is_taken_and_one_with_fewer_modes_before_it()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        PersistentVolume[] volumes =
            [Volume("small", "4Gi"), Volume("large", "20Gi"), Volume("right", "8Gi"), Volume("wide", "6Gi", "", "ReadWriteOnce", "ReadWriteMany")];
        Assert.Equal("right", ClaimPlan.Compute(claim, Known(volumes)).Volume?.Metadata.Name);
        Assert.Equal("wide", ClaimPlan.Compute(claim, Known([volumes[0], volumes[3]])).Volume?.Metadata.Name);
    }

    [Fact]
    public void A_volume_that_differs_in_class_mode_labels_or_phase_is_passed_over()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        PersistentVolume good = Volume("v", "5Gi");
        Assert.Equal(ClaimStep.Bind, ClaimPlan.Compute(claim, Known([good])).Step);
        PersistentVolume[] others =
        [
            Volume("class", "5Gi", "fast"),
            Volume("modes", "5Gi", "", "ReadWriteMany"),
            good with { Spec = good.Spec with { VolumeMode = "Block" } },
            good with { Status = good.Status with { Phase = PersistentVolumePhase.Pending } },
            good with { Metadata = good.Metadata with { DeletionTimestamp = new Time(DateTimeOffset.UnixEpoch) } },
            good.Reserved(Claim("other", "1Gi"), withUid: false),
        ];
        Assert.All(others, one => Assert.Equal(ClaimStep.Wait, ClaimPlan.Compute(claim, Known([one])).Step));
        PersistentVolumeClaim picky = claim with
        {
            Spec =
                claim.Spec with { Selector = new LabelSelector { MatchLabels = ApiMap<string>.Empty.With("a", "b") } },
        };
        Assert.Equal(ClaimStep.Wait, ClaimPlan.Compute(picky, Known([good])).Step);
    }

    [Fact]
    public void A_reserved_volume_goes_before_a_better_one()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        PersistentVolume[] volumes = [Volume("right", "5Gi"), Volume("mine", "50Gi").Reserved(claim, withUid: false)];
        Assert.Equal("mine", ClaimPlan.Compute(claim, Known(volumes)).Volume?.Metadata.Name);
    }

    [Fact]
    public void A_claim_without_a_class_tells_so_and_takes_the_default_when_there_is_one()
    {
        ClaimPlan plan = ClaimPlan.Compute(Claim("c", "5Gi", null), Known([]));
        Assert.Equal(
            ("FailedBinding", "no persistent volumes available for this claim and no storage class is set"),
            (plan.Event!.Reason, plan.Event.Message));
        Assert.Equal(
            "std",
            ClaimPlan.Compute(Claim("c", "5Gi", null), Known([], fallback: "std")).Changed?.Spec.StorageClassName);
        Assert.Equal(ClaimStep.Wait, ClaimPlan.Compute(Claim("c", "5Gi", ""), Known([], fallback: "std")).Step);
    }

    [Fact]
    public void A_delayed_claim_waits_for_its_pod_and_then_for_the_provisioner()
    {
        Keelson.Api.Storage.V1.StorageClass late = Class("late", "x.example.com", isDelayed: true);
        PersistentVolumeClaim claim = Claim("c", "5Gi", "late");
        PersistentVolume free = Volume("v", "5Gi", "late");
        Assert.Equal(
            "waiting for first consumer to be created before binding",
            ClaimPlan.Compute(claim, Known([free], late)).Event?.Message);
        Assert.Equal(
            "waiting for pod p to be scheduled",
            ClaimPlan.Compute(claim, Known([free], late, null, "p")).Event?.Message);
        ClaimPlan plan = ClaimPlan.Compute(Noted(claim, StorageNotes.SelectedNode, "node-1"), Known([free], late));
        Assert.Equal(
            "x.example.com",
            plan.Changed?.Metadata.Annotations.GetValueOrDefault("volume.kubernetes.io/storage-provisioner"));
        Assert.StartsWith(
            "Waiting for a volume to be created either by the external provisioner 'x.example.com' or manually",
            plan.Event?.Message);
        Assert.Equal(
            "v", ClaimPlan.Compute(claim, Known([free.Reserved(claim, withUid: true)], late)).Volume?.Metadata.Name);
    }

    [Fact]
    public void Provisioners_that_are_gone_are_replaced_by_their_driver_or_refused()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi", "k");
        Assert.Equal(
            "ebs.csi.aws.com",
            ClaimPlan.Compute(claim, Known([], Class("k", "kubernetes.io/aws-ebs"))).Changed?.Metadata.Annotations[StorageNotes.Provisioner]);
        Assert.Equal(
            "no volume plugin matched name: kubernetes.io/no-provisioner",
            ClaimPlan.Compute(claim, Known([], Class("k", "kubernetes.io/no-provisioner"))).Event?.Message);
        Assert.Equal("storageclass.storage.k8s.io \"k\" not found", ClaimPlan.Compute(claim, Known([])).Event?.Message);
    }

    [Fact]
    public void A_requested_volume_must_do_and_be_free()
    {
        PersistentVolumeClaim claim = Claim("c", "5Gi");
        claim = claim with { Spec = claim.Spec with { VolumeName = "v" } };
        Assert.Equal(ClaimStep.Bind, ClaimPlan.Compute(claim, Known([Volume("v", "5Gi")])).Step);
        Assert.Null(ClaimPlan.Compute(claim, Known([])).Event);
        Assert.Equal(
            "Cannot bind to requested volume \"v\": requested PV is too small",
            ClaimPlan.Compute(claim, Known([Volume("v", "1Gi")])).Event?.Message);
        ClaimPlan taken = ClaimPlan.Compute(
            claim, Known([Volume("v", "5Gi").Reserved(Claim("other", "1Gi"), withUid: true)]));
        Assert.Equal(
            (ClaimStep.Wait, "volume \"v\" already bound to a different claim."), (taken.Step, taken.Event?.Message));
    }

    [Fact]
    public void A_bound_claim_is_lost_with_its_volume()
    {
        PersistentVolumeClaim claim = Noted(Claim("c", "5Gi"), StorageNotes.BindCompleted, "yes");
        Assert.Equal(ClaimStep.Lose, ClaimPlan.Compute(claim, Known([])).Step);
        claim = claim with { Spec = claim.Spec with { VolumeName = "v" } };
        Assert.Equal("ClaimLost", ClaimPlan.Compute(claim, Known([])).Event?.Reason);
        Assert.Equal(
            "ClaimMisbound",
            ClaimPlan.Compute(claim, Known([Volume("v", "5Gi").Reserved(Claim("other", "1Gi"), withUid: true)])).Event?.Reason);
        Assert.Equal(
            ClaimStep.Bind, ClaimPlan.Compute(claim, Known([Volume("v", "5Gi").Reserved(claim, withUid: true)])).Step);
    }
}
