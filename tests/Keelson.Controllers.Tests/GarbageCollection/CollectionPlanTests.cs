using Keelson.Api.Meta.V1;
using Keelson.Controllers.GarbageCollection;

namespace Keelson.Controllers.Tests.GarbageCollection;

public sealed class CollectionPlanTests
{
    [Fact]
    public void One_solid_owner_keeps_the_object_and_the_others_are_dropped()
    {
        CollectionPlan plan = Plan(
            [("a", OwnerState.Solid), ("b", OwnerState.Dangling), ("c", OwnerState.WaitsForDependents)]);
        Assert.Equal(CollectionAction.DropReferences, plan.Action);
        Assert.Equal(["b", "c"], plan.DropUids);
        Assert.Equal(CollectionAction.Keep, Plan([("a", OwnerState.Solid)]).Action);
    }

    [Fact]
    public void Without_a_solid_owner_it_goes_as_its_own_finalizers_say()
    {
        Assert.Equal("Background", Plan([("a", OwnerState.Dangling)]).Propagation);
        Assert.Equal("Orphan", Plan([("a", OwnerState.Dangling)], "orphan").Propagation);
        Assert.Equal("Foreground", Plan([("a", OwnerState.Dangling)], "foregroundDeletion").Propagation);
    }

    [Fact]
    public void A_dependent_with_dependents_of_its_own_goes_in_the_foreground_and_breaks_circles()
    {
        (string, OwnerState)[] owners = [("a", OwnerState.WaitsForDependents)];
        CollectionPlan plan = CollectionPlan.Compute(
            ObjectMeta.Empty, owners, hasDependents: true, dependentWaits: false);
        Assert.Equal("Foreground", plan.Propagation);
        Assert.False(plan.Unblocks);
        Assert.True(
            CollectionPlan.Compute(ObjectMeta.Empty, owners, hasDependents: true, dependentWaits: true).Unblocks);
        Assert.Equal("Background", CollectionPlan.Compute(ObjectMeta.Empty, owners, false, false).Propagation);
    }

    [Fact]
    public void Nobody_without_owners_is_touched() => Assert.Equal(CollectionAction.Keep, Plan([]).Action);

    private static CollectionPlan Plan((string, OwnerState)[] owners, string? finalizer = null) => CollectionPlan.Compute(
        finalizer is null ? ObjectMeta.Empty : ObjectMeta.Empty with { Finalizers = [finalizer] }, owners, false, false);
}
