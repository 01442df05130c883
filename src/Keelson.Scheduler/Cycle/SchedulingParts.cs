using Keelson.Client.Informers;
using Keelson.Api.Core.V1;
using Keelson.Scheduler.Extenders;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Metrics;

namespace Keelson.Scheduler.Cycle;

/// <summary>What an attempt to place a pod works with.</summary>
internal sealed class SchedulingParts
{
    public required ClusterState State { get; init; }

    public required LoopInbox Inbox { get; init; }

    public required IReadOnlyDictionary<string, Profile> Profiles { get; init; }

    public required IReadOnlyDictionary<string, IEventSink> Events { get; init; }

    public required IReadOnlyList<Extender> Extenders { get; init; }

    public required NodeFinder Finder { get; init; }

    public required NodeRanking Ranking { get; init; }

    public required WaitingPods WaitingPods { get; init; }

    public required PodStatusWriter Statuses { get; init; }

    public required IInformer<Pod> Pods { get; init; }

    public required SchedulerMetrics Metrics { get; init; }

    public required TimeProvider Clock { get; init; }

    public required Action<string> Log { get; init; }
}
