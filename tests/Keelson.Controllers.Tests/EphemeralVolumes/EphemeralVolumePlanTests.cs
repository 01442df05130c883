using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.EphemeralVolumes;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.EphemeralVolumes;

public sealed class EphemeralVolumePlanTests
{
    private static readonly Pod Pod = new()
    {
        Metadata = ObjectMeta.Empty with { Name = "p", Namespace = "n", Uid = "u" },
        Spec = PodSpec.Empty with
        {
            Volumes =
            [
                new Volume
                {
                    Name = "scratch",
                    VolumeSource = VolumeSource.Empty with
                    {
                        Ephemeral = new EphemeralVolumeSource
                        {
                            VolumeClaimTemplate = new PersistentVolumeClaimTemplate
                            {
                                Metadata = ObjectMeta.Empty with { Labels = ApiMap<string>.Empty.With("a", "b") },
                                Spec = new PersistentVolumeClaimSpec { StorageClassName = "fast" },
                            },
                        },
                    },
                },
            ],
        },
    };

    [Fact]
    public void A_claim_of_the_template_is_made_that_goes_with_the_pod()
    {
        EphemeralVolumePlan plan = Assert.Single(EphemeralVolumePlan.Compute(Pod, static _ => null));
        PersistentVolumeClaim claim = plan.Create!;
        Assert.Equal(
            ("p-scratch", "n", "fast", "b"),
            (claim.Metadata.Name, claim.Metadata.Namespace, claim.Spec.StorageClassName, claim.Metadata.Labels["a"]));
        OwnerReference owner = Assert.Single(claim.Metadata.OwnerReferences);
        Assert.Equal(("v1", "Pod", "u", true), (owner.ApiVersion, owner.Kind, owner.Uid, owner.Controller));
        Assert.Empty(EphemeralVolumePlan.Compute(Pod, _ => claim));
    }

    [Fact]
    public void A_claim_of_somebody_else_is_not_taken()
    {
        PersistentVolumeClaim foreign =
            new() { Metadata = ObjectMeta.Empty with { Name = "p-scratch", Namespace = "n" } };
        EphemeralVolumePlan plan = Assert.Single(EphemeralVolumePlan.Compute(Pod, _ => foreign));
        Assert.Null(plan.Create);
        Assert.Equal("PVC n/p-scratch was not created for pod n/p (pod is not owner)", plan.Problem);
    }

    [Fact]
    public void A_pod_that_goes_away_gets_no_claim()
    {
        Pod going =
            Pod with { Metadata = Pod.Metadata with { DeletionTimestamp = new Time(DateTimeOffset.UnixEpoch) } };
        Assert.Empty(EphemeralVolumePlan.Compute(going, static _ => null));
    }
}
