using Keelson.Api.Coordination.V1;
using Keelson.Api.Core.V1;
using Keelson.Controllers.Nodes;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.NodeLifecycle;

/// <summary>What is remembered of a node from one look to the next.</summary>
/// <param name="Ready">Its Ready condition; null while it had none.</param>
/// <param name="Renewed">When its lease was renewed.</param>
/// <param name="HeardOf">When it was last heard of, by this process' clock.</param>
internal sealed record NodeHealth(NodeCondition? Ready, MicroTime Renewed, DateTimeOffset HeardOf);

/// <summary>What a look at a node gives.</summary>
/// <param name="Health">What to remember.</param>
/// <param name="Observed">Its Ready condition as it was found.</param>
/// <param name="Current">Its Ready condition from now on; null while nobody has said anything.</param>
/// <param name="Conditions">Conditions to write, because the node was not heard of for too long; null for none.</param>
internal sealed record NodeHealthPlan(
    NodeHealth Health, NodeCondition Observed, NodeCondition? Current, ApiList<NodeCondition>? Conditions)
{
    // NetworkUnavailable is not the kubelet's to say, so its silence does not change it.
    private static readonly string[] KubeletConditions =
        [NodeConditionType.Ready, NodeConditionType.MemoryPressure, NodeConditionType.DiskPressure, NodeConditionType.PIDPressure];

    /// <summary>Decides.</summary>
    /// <param name="node">The node.</param>
    /// <param name="lease">Its lease; null for none.</param>
    /// <param name="known">What is remembered; null at the first look.</param>
    /// <param name="config">The periods.</param>
    /// <param name="now">The present, by a clock that nobody sets.</param>
    /// <param name="told">The present as nodes are told; null for the same.</param>
    public static NodeHealthPlan Compute(
        Node node,
        Lease? lease,
        NodeHealth? known,
        NodeLifecycleConfig config,
        DateTimeOffset now,
        DateTimeOffset? told = null)
    {
        NodeCondition? ready = NodeFacts.Condition(node, NodeConditionType.Ready);
        Time created = node.Metadata.CreationTimestamp;
        NodeCondition observed = ready ?? new NodeCondition
        {
            Type = NodeConditionType.Ready,
            Status = "Unknown",
            LastHeartbeatTime = created,
            LastTransitionTime = created,
        };
        DateTimeOffset heard = known is null ? (ready is null ? created.Instant : now)
            : known.Ready is null != ready is null || known.Ready?.LastHeartbeatTime != ready?.LastHeartbeatTime ? now
            : known.HeardOf;

        // A node whose lease is renewed is alive, even if it never posted a status, and even if its clock was set back.
        MicroTime renewed = lease?.Spec.RenewTime ?? default(MicroTime);
        if (lease is not null && (known is null || known.Renewed.CompareTo(renewed) != 0))
        {
            heard = now;
        }

        TimeSpan grace = ready is null ? config.StartupGracePeriod : config.MonitorGracePeriod;
        NodeHealth health = new(ready, renewed, heard);
        if (now <= heard + grace)
        {
            return new(health, observed, ready, null);
        }

        ApiList<NodeCondition> conditions = Silence(node, new Time(Seconds(told ?? now)));
        NodeCondition current = conditions.First(static one => one.Type == NodeConditionType.Ready);
        ApiList<NodeCondition>? written = current == observed ? default(ApiList<NodeCondition>?) : conditions;
        return new(health with { Ready = current }, observed, current, written);
    }

    private static ApiList<NodeCondition> Silence(Node node, Time now)
    {
        List<NodeCondition> conditions = [.. node.Status.Conditions];
        foreach (string type in KubeletConditions)
        {
            int at = conditions.FindIndex(one => one.Type == type);
            if (at < 0)
            {
                conditions.Add(new NodeCondition
                {
                    Type = type,
                    Status = "Unknown",
                    Reason = "NodeStatusNeverUpdated",
                    Message = "Kubelet never posted node status.",
                    LastHeartbeatTime = node.Metadata.CreationTimestamp,
                    LastTransitionTime = now,
                });
            }
            else if (conditions[at].Status != "Unknown")
            {
                conditions[at] = conditions[at] with
                {
                    Status = "Unknown",
                    Reason = "NodeStatusUnknown",
                    Message = "Kubelet stopped posting node status.",
                    LastTransitionTime = now,
                };
            }
        }

        return conditions.ToApiList();
    }

    private static DateTimeOffset Seconds(DateTimeOffset now) => now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
}
