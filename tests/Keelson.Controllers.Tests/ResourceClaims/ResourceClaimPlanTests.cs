using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Client.Devices;
using Keelson.Controllers.ResourceClaims;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Controllers.Tests.ResourceClaims;

public sealed class ResourceClaimPlanTests
{
    private static readonly Pod Pod = new()
    {
        Metadata = ObjectMeta.Empty with { Name = "p", Namespace = "n", Uid = "u" },
        Spec = PodSpec.Empty with
        {
            ResourceClaims = [new() { Name = "gpu", ResourceClaimTemplateName = "t" }, new() { Name = "nic",
                ResourceClaimName = "mine" }],
        },
    };

    private static readonly ResourceClaimTemplate Template = new()
    {
        Metadata = ObjectMeta.Empty with { Name = "t", Namespace = "n" },
        Spec = new()
        {
            Metadata = ObjectMeta.Empty with { Labels = ApiMap<string>.Empty.With("a", "b") },
            Spec = new() { Devices = new() { Requests = [new() { Name = "r",
                Exactly = new() { DeviceClassName = "c" } }] } },
        },
    };

    [Fact]
    public void A_claim_of_the_template_is_made_that_goes_with_the_pod()
    {
        PodClaimPlan plan = Assert.Single(Compute(Pod));
        Claim claim = plan.Create!;
        Assert.Equal(
            ("p-gpu-", "n", "b", "gpu", "r"),
            (claim.Metadata.GenerateName, claim.Metadata.Namespace, claim.Metadata.Labels["a"],
                claim.Metadata.Annotations["resource.kubernetes.io/pod-claim-name"],
                    claim.Spec.Devices.Requests[0].Name));
        OwnerReference owner = Assert.Single(claim.Metadata.OwnerReferences);
        Assert.Equal(
            ("v1", "Pod", "p", "u", true, true),
            (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid, owner.Controller, owner.BlockOwnerDeletion));
    }

    [Fact]
    public void Of_long_names_something_of_both_is_left()
    {
        Pod pod = Pod with
        {
            Metadata = Pod.Metadata with { Name = new string('p', 60) },
            Spec = Pod.Spec with { ResourceClaims = [new() { Name = new string('c', 40),
                ResourceClaimTemplateName = "t" }] },
        };
        Assert.Equal(
            new string('p', 33) + "-" + new string('c', 22), Assert.Single(Compute(pod)).Create!.Metadata.GenerateName);
    }

    [Fact]
    public void A_claim_that_was_made_before_is_found_and_shown()
    {
        Claim made = Assert.Single(Compute(Pod)).Create!;
        made = made with { Metadata = made.Metadata with { Name = "p-gpu-x" } };
        PodClaimPlan plan = Assert.Single(Compute(Pod, owned: [made]));
        Assert.Equal(("p-gpu-x", null), (plan.Found!.Metadata.Name, plan.Create));
        Pod shown = Pod with
        {
            Status = PodStatus.Empty with { ResourceClaimStatuses = [new() { Name = "gpu",
                ResourceClaimName = "p-gpu-x" }] },
        };
        Assert.Empty(Compute(shown, owned: [made], claims: made));

        // It was deleted by accident, or is another pod's.
        Assert.NotNull(Assert.Single(Compute(shown)).Create);
        Claim foreign = made with { Metadata = made.Metadata with { OwnerReferences = default } };
        Assert.NotNull(Assert.Single(Compute(shown, claims: foreign)).Create);
    }

    [Fact]
    public void A_missing_template_is_told()
    {
        PodClaimPlan plan = Assert.Single(PodClaimPlan.Compute(Pod, static _ => null, [], static _ => null));
        Assert.Equal(
            "resource claim template \"t\": resourceclaimtemplate.resource.k8s.io \"t\" not found", plan.Problem);
    }

    [Fact]
    public void A_pod_that_came_to_its_node_by_itself_is_noted()
    {
        Claim claim = Allocated("mine");
        Pod placed = Pod with { Spec = Pod.Spec with { NodeName = "node" } };
        Assert.Empty(PodClaimPlan.ToReserve(Pod, _ => claim));
        Assert.Same(claim, Assert.Single(PodClaimPlan.ToReserve(placed, name => name == "mine" ? claim : null)));
        Assert.Empty(PodClaimPlan.ToReserve(placed, _ => Used(claim, "p", "u")));
    }

    [Theory]
    [InlineData("Running", "u", true)]
    [InlineData("Succeeded", "u", false)]
    [InlineData("Failed", "u", false)]
    [InlineData("Running", "other", false)]
    public void Devices_are_given_back_with_the_last_pod(string phase, string uid, bool stays)
    {
        Pod pod = Pod with
        {
            Metadata = Pod.Metadata with { Uid = uid },
            Status = PodStatus.Empty with { Phase = phase },
            Spec = Pod.Spec with { NodeName = "node" },
        };
        Claim claim = Used(Allocated("mine"), "p", "u");
        ClaimUsePlan plan = ClaimUsePlan.Compute(claim, _ => pod, _ => pod);
        Assert.Equal((stays, !stays, false), (plan.Status is null, plan.Unprotect, plan.Delete));
        Assert.Equal(stays, (plan.Status ?? claim).Status.Allocation is not null);

        // Another pod still uses it.
        ClaimUsePlan shared = ClaimUsePlan.Compute(
            Used(claim, "q", "v"), name =>
                name == "p" ? pod : Pod with { Metadata = Pod.Metadata with { Uid = "v" } }, _ => pod);
        Assert.False(shared.Unprotect);
        Assert.Equal(stays ? null : "v", shared.Status?.Status.ReservedFor.Single().Uid);
        Assert.True(shared.Status is null || shared.Status.Status.Allocation is not null);
    }

    [Fact]
    public void A_claim_that_nobody_used_yet_keeps_its_devices_until_it_is_deleted()
    {
        Claim claim = Allocated("mine");
        Assert.Equal(new(null, false, false, null), ClaimUsePlan.Compute(claim, static _ => null, static _ => null));
        Claim going = claim with
        {
            Metadata = claim.Metadata with { DeletionTimestamp = new Time(DateTimeOffset.UnixEpoch) },
        };
        ClaimUsePlan plan = ClaimUsePlan.Compute(going, static _ => null, static _ => null);
        Assert.Null(plan.Status!.Status.Allocation);
        Assert.True(plan.Unprotect);
    }

    [Fact]
    public void A_made_claim_goes_when_its_pod_is_done()
    {
        Claim claim = Assert.Single(Compute(Pod)).Create!;
        Pod ended = Pod with { Status = PodStatus.Empty with { Phase = "Succeeded" } };
        Assert.False(ClaimUsePlan.Compute(claim, static _ => null, _ => Pod).Delete);
        Assert.True(ClaimUsePlan.Compute(claim, static _ => null, _ => ended).Delete);
        Assert.True(ClaimUsePlan.Compute(
            claim, static _ => null, _ => Pod with { Metadata = Pod.Metadata with { Uid = "new" } }).Delete);
        Assert.False(ClaimUsePlan.Compute(claim, static _ => null, static _ => null).Delete);
        Assert.False(ClaimUsePlan.Compute(Used(claim, "q", "v"), _ => ended with
        {
            Metadata = Pod.Metadata with { Uid = "v" }, Status = PodStatus.Empty,
        }, _ => ended).Delete);
    }

    private static IReadOnlyList<PodClaimPlan> Compute(Pod pod, IReadOnlyList<Claim>? owned = null,
        params Claim[] claims) =>
        PodClaimPlan.Compute(
            pod, name => claims.FirstOrDefault(one => one.Metadata.Name == name), owned ?? [],
            static name => name == "t" ? Template : null);

    private static Claim Allocated(string name) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "n", Uid = name,
            Finalizers = [DeviceClaims.Finalizer] },
        Status = new() { Allocation = new() },
    };

    private static Claim Used(Claim claim, string pod, string uid) => claim with
    {
        Status = claim.Status with
        {
            ReservedFor = claim.Status.ReservedFor.Add(new() { Resource = "pods", Name = pod, Uid = uid }),
        },
    };
}
