using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Namespaces;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.Namespaces;

public sealed class NamespacePlanTests
{
    private static readonly Time Early = new(DateTimeOffset.UnixEpoch.AddDays(1));
    private static readonly Time Late = new(DateTimeOffset.UnixEpoch.AddDays(2));

    [Fact]
    public void A_condition_keeps_its_time_until_it_turns()
    {
        NamespaceContents full = new();
        full.Add(
            "ns",
            new(ConfigMap.Info, [new ConfigMap { Metadata = ObjectMeta.Empty with { Finalizers = ["a/b"] } }], 0));
        NamespaceStatus first = NamespacePlan.Compute(NamespaceStatus.Empty, full, Early);
        NamespaceStatus second = NamespacePlan.Compute(first, new NamespaceContents(), Late);
        Assert.Equal(5, second.Conditions.Count);
        Assert.Equal(Early, second.Conditions[0].LastTransitionTime);
        Assert.Equal(Late, second.Conditions[3].LastTransitionTime);
        Assert.Equal(second, NamespacePlan.Compute(second, new NamespaceContents(), Early));
    }

    [Fact]
    public void What_stays_without_a_reason_is_an_error_in_upstreams_words()
    {
        NamespaceContents contents = new();
        contents.Add("ns", new(ConfigMap.Info, [new ConfigMap()], 0));
        NamespaceCondition told = NamespacePlan.Compute(NamespaceStatus.Empty, contents, Early)
            .Conditions.First(static one => one.Type == "NamespaceDeletionContentFailure");
        Assert.Equal(
            "Failed to delete all resource types, 1 remaining: unexpected items still remain in namespace: ns for gvr: /v1, Resource=configmaps",
            told.Message);
    }

    [Fact]
    public void Pods_are_given_their_longest_grace_period_and_finalizers_fifteen_seconds()
    {
        Pod slow = new() { Spec = new PodSpec { TerminationGracePeriodSeconds = 60 } };
        Pod over = new() { Spec = new PodSpec { TerminationGracePeriodSeconds = 600 }, Status = new PodStatus { Phase = "Failed" } };
        Assert.Equal(60, NamespaceContents.GraceOf([slow, over], Early, Early));
        Assert.Equal(0, NamespaceContents.GraceOf([slow, over], Early, Late));
        NamespaceContents contents = new();
        contents.Add(
            "ns",
            new(ConfigMap.Info, [new ConfigMap { Metadata = ObjectMeta.Empty with { Finalizers = ["a/b"] } }], 0));
        Assert.Equal(15, contents.EstimateSeconds);
        contents.Add("ns", new(Pod.Info, [slow], 60));
        Assert.Equal(60, contents.EstimateSeconds);
        Assert.Empty(contents.Errors);
    }
}
