using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Nodes;
using Keelson.Controllers.PodGarbage;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.PodGarbage;

public sealed class PodGarbagePlanTests
{
    private static readonly Time Going = new(DateTimeOffset.UnixEpoch.AddDays(1));

    [Fact]
    public void Pods_of_a_missing_node_go_only_when_it_is_gone_for_sure()
    {
        Pod pod = Pod("p", "lost");
        PodGarbagePlan first = Plan([pod]);
        Assert.Empty(first.Pods);
        Assert.Equal(["lost"], first.MissingNodes);
        Assert.Equal(PodGarbageReason.Orphaned, Assert.Single(Plan([pod], gone: "lost").Pods).Reason);
    }

    [Fact]
    public void Pods_that_are_to_go_and_have_no_node_or_one_out_of_service_go()
    {
        Pod unscheduled = Pod("a", "") with { Metadata = ObjectMeta.Empty with { DeletionTimestamp = Going } };
        Pod stuck = Pod("b", "off") with { Metadata = ObjectMeta.Empty with { DeletionTimestamp = Going } };
        Pod running = Pod("c", "off");
        Assert.Equal(
            [PodGarbageReason.Unscheduled, PodGarbageReason.OutOfService],
            Plan([unscheduled, stuck, running]).Pods.Select(static one => one.Reason));
    }

    [Fact]
    public void Of_too_many_that_have_ended_the_evicted_go_first_and_then_the_oldest()
    {
        Pod[] pods =
        [
            .. Enumerable.Range(0, 4).Select(i => Pod(i.ToString(CultureInfo.InvariantCulture), "on") with
            {
                Metadata = ObjectMeta.Empty with
                {
                    Name = i.ToString(CultureInfo.InvariantCulture),
                    CreationTimestamp = new(DateTimeOffset.UnixEpoch.AddDays(i + 1)),
                },
                Status = new PodStatus { Phase = "Failed", Reason = i == 3 ? "Evicted" : "" },
            }),
        ];
        Assert.Equal(["3", "0"], Plan(pods, threshold: 2).Pods.Select(static one => one.Pod.Metadata.Name));
        Assert.Empty(Plan(pods, threshold: 0).Pods);
    }

    private static PodGarbagePlan Plan(Pod[] pods, string? gone = null, int threshold = 100) => PodGarbagePlan.Compute(
        pods,
        static name => name switch
        {
            "on" => new Node(),
            "off" =>
                new Node { Spec = new NodeSpec { Taints = [NodeTaints.Of(NodeTaints.OutOfService, "NoExecute")] } },
            _ => null,
        },
        gone is null ? new HashSet<string>() : new HashSet<string> { gone },
        threshold);

    private static Pod Pod(string name, string node) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        Spec = new PodSpec { NodeName = node },
        Status = new PodStatus { Phase = "Running" },
    };
}
