using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Verbs;
using Xunit;

namespace Keelson.Server.Tests.Verbs;

public sealed class DeletionPlanTests
{
    private static readonly Time Now = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_pod_on_no_node_is_marked_before_it_goes()
    {
        DeletionPlan plan = Plan(Pod(node: ""), DeleteOptions.Empty);
        Assert.True(plan.Goes);
        Assert.Equal(
            (Now, 0L, 2L),
            (plan.Marked!.DeletionTimestamp, plan.Marked.DeletionGracePeriodSeconds, plan.Marked.Generation));
    }

    [Fact]
    public void A_second_deletion_can_only_shorten_the_time()
    {
        Pod ending = Pod(node: "n") with
        {
            Metadata = Pod("n").Metadata with { DeletionTimestamp = new(Now.Instant.AddSeconds(20)), DeletionGracePeriodSeconds = 20 },
        };
        Assert.Equal(new DeletionPlan(null, false), Plan(ending, Grace(60)));
        Assert.Equal(new DeletionPlan(null, false), Plan(ending, DeleteOptions.Empty));
        DeletionPlan shorter = Plan(ending, Grace(5));
        Assert.False(shorter.Goes);
        Assert.Equal((new Time(Now.Instant.AddSeconds(5)), 5L, 1L), (shorter.Marked!.DeletionTimestamp!.Value, shorter.Marked.DeletionGracePeriodSeconds!.Value, shorter.Marked.Generation));
        Assert.True(Plan(ending, Grace(0)).Goes);
    }

    [Fact]
    public void An_object_with_finalizers_waits_and_one_without_goes_unmarked()
    {
        ConfigMap plain = new() { Metadata = ObjectMeta.Empty with { Name = "a" } };
        Assert.Equal(
            new DeletionPlan(null, true), DeletionPlan.Make(ApiKinds.CoreV1ConfigMap, plain, DeleteOptions.Empty, Now));
        DeletionPlan foreground = DeletionPlan.Make(
            ApiKinds.CoreV1ConfigMap, plain, DeleteOptions.Empty with { PropagationPolicy = "Foreground" }, Now);
        Assert.False(foreground.Goes);
        Assert.Equal(["foregroundDeletion"], foreground.Marked!.Finalizers);
        Assert.Equal(0, foreground.Marked.DeletionGracePeriodSeconds);
    }

    [Fact]
    public void Events_have_no_dependents_whatever_the_policy()
    {
        Event obj = new() { Metadata = ObjectMeta.Empty with { Name = "a" } };
        Assert.True(DeletionPlan.Make(ApiKinds.CoreV1Event, obj, DeleteOptions.Empty with { PropagationPolicy = "Orphan" }, Now).Goes);
    }

    private static DeletionPlan Plan(Pod pod, DeleteOptions options) =>
        DeletionPlan.Make(ApiKinds.CoreV1Pod, pod, options, Now);

    private static DeleteOptions Grace(long seconds) => DeleteOptions.Empty with { GracePeriodSeconds = seconds };

    private static Pod Pod(string node) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = "p", Generation = 1 },
        Spec = PodSpec.Empty with { NodeName = node, TerminationGracePeriodSeconds = 30 },
    };
}
