using Keelson.Api.Core.V1;
using Keelson.Controllers.Pods;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Autoscalers;

/// <summary>How far off the target a metric may be without anything being done, by direction.</summary>
internal readonly record struct Tolerances(double Up, double Down)
{
    /// <summary>True when a ratio of 1 and this one are as good as the same.</summary>
    public bool Holds(double ratio) => ratio >= 1 - Down && ratio <= 1 + Up;
}

/// <summary>What a metric asks for.</summary>
/// <param name="Replicas">How many replicas.</param>
/// <param name="Utilization">The use in percent of what is requested; null where that is not the target.</param>
/// <param name="AverageMilli">The average over the pods, in thousandths.</param>
/// <param name="Error">Why it can't be told; empty when it can.</param>
internal readonly record struct ReplicaProposal(int Replicas, int? Utilization, long AverageMilli, string Error = "")
{
    /// <summary>No proposal.</summary>
    public static ReplicaProposal Failed(string error) => new(0, null, 0, error);
}

/// <summary>What the metric of a set of pods is held against.</summary>
/// <param name="Resource">The resource; empty for a custom metric.</param>
/// <param name="Container">The container it is about; empty for all.</param>
/// <param name="Utilization">The target in percent of what is requested; null for an average.</param>
/// <param name="AverageMilli">The target on average, in thousandths.</param>
internal readonly record struct PodsTarget(string Resource, string Container, int? Utilization, long AverageMilli);

/// <summary>
/// How many replicas a metric asks for. Pods without a measurement are counted so that they slow the change down: as
/// using all when fewer pods would do, as using nothing when more are needed. Rules are upstream's
/// (replica_calculator.go).
/// </summary>
internal sealed class ReplicaCalculator(int current, Tolerances tolerances, DateTimeOffset now)
{
    private const string NoPods = "no pods returned by selector while calculating replica count";

    /// <summary>Until then a pod's processor use is only believed when it was measured after it became ready.</summary>
    private static readonly TimeSpan ProcessorInitialization = TimeSpan.FromMinutes(5);

    /// <summary>A pod that was last unready so shortly after its start has not been ready yet.</summary>
    private static readonly TimeSpan InitialReadiness = TimeSpan.FromSeconds(30);

    /// <summary>For metrics of pods.</summary>
    public ReplicaProposal ForPods(
        IReadOnlyList<Pod> pods, IReadOnlyDictionary<string, MetricSample> samples, PodsTarget target)
    {
        if (pods.Count == 0)
        {
            return ReplicaProposal.Failed(NoPods);
        }

        Dictionary<string, long> measured = [];
        List<string> missing = [];
        List<string> unready = [];
        foreach (Pod pod in pods)
        {
            string name = pod.Metadata.Name;
            bool isIgnored = pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase == PodPhase.Failed;
            if (isIgnored)
            {
                continue;
            }

            if (pod.Status.Phase == PodPhase.Pending)
            {
                unready.Add(name);
            }
            else if (!samples.TryGetValue(name, out MetricSample sample))
            {
                missing.Add(name);
            }
            else if (target.Resource == "cpu" && IsWarmingUp(pod, sample))
            {
                unready.Add(name);
            }
            else
            {
                measured[name] = sample.Milli;
            }
        }

        Dictionary<string, long> requests = [];
        if (target.Utilization is not null && RequestsOf(pods, target, requests) is { } unknown)
        {
            return ReplicaProposal.Failed(unknown);
        }

        return measured.Count == 0
            ? ReplicaProposal.Failed("did not receive metrics for targeted pods (pods might be unready)")
            : Propose(target, measured, requests, missing, unready);
    }

    /// <summary>For one value that all replicas have to do with: the target is for all, or for each.</summary>
    public ReplicaProposal ForValue(long milli, long targetMilli, bool isPerReplica, IReadOnlyList<Pod> pods)
    {
        double ratio = (double)milli / ((double)targetMilli * (isPerReplica ? Math.Max(current, 1) : 1));
        long average = isPerReplica ? (long)Math.Ceiling((double)milli / Math.Max(current, 1)) : milli;
        if (tolerances.Holds(ratio))
        {
            return new(current, null, average);
        }

        if (isPerReplica)
        {
            return new((int)Math.Ceiling((double)milli / targetMilli), null, average);
        }

        if (pods.Count == 0)
        {
            return ReplicaProposal.Failed(NoPods);
        }

        int ready = pods.Count(static pod => pod.Status.Phase == PodPhase.Running && PodFacts.IsReady(pod));
        return new((int)Math.Ceiling(ratio * ready), null, average);
    }

    private ReplicaProposal Propose(
        PodsTarget target,
        Dictionary<string, long> measured,
        Dictionary<string, long> requests,
        List<string> missing,
        List<string> unready)
    {
        int ready = measured.Count;
        (double ratio, int? utilization) = RatioOf(target, measured, requests);
        long average = measured.Values.Sum() / ready;
        bool growsWithUnready = unready.Count > 0 && ratio > 1;
        if (!growsWithUnready && missing.Count == 0)
        {
            int replicas = tolerances.Holds(ratio) ? current : (int)Math.Ceiling(ratio * ready);
            return new(replicas, utilization, average);
        }

        foreach (string name in missing)
        {
            long full = target.Utilization is { } percent
                ? requests[name] * Math.Max(100, percent) / 100
                : target.AverageMilli;
            measured[name] = ratio < 1 ? full : 0;
        }

        foreach (string name in growsWithUnready ? unready : [])
        {
            measured[name] = 0;
        }

        (double damped, _) = RatioOf(target, measured, requests);
        bool turnedRound = (ratio < 1 && damped > 1) || (ratio > 1 && damped < 1);
        if (tolerances.Holds(damped) || turnedRound)
        {
            return new(current, utilization, average);
        }

        int proposed = (int)Math.Ceiling(damped * measured.Count);
        bool isBackwards = (damped < 1 && proposed > current) || (damped > 1 && proposed < current);
        return new(isBackwards ? current : proposed, utilization, average);
    }

    private static (double Ratio, int? Utilization) RatioOf(
        PodsTarget target, Dictionary<string, long> measured, Dictionary<string, long> requests)
    {
        long used = measured.Values.Sum();
        if (target.Utilization is not { } percent)
        {
            return ((double)(used / measured.Count) / target.AverageMilli, null);
        }

        long requested = measured.Keys.Sum(name => requests[name]);
        int utilization = requested == 0 ? 0 : (int)(used * 100 / requested);
        return ((double)utilization / percent, utilization);
    }

    private bool IsWarmingUp(Pod pod, MetricSample sample)
    {
        if (PodFacts.Condition(pod, PodConditionType.Ready) is not { } ready || pod.Status.StartTime is not { } start)
        {
            return true;
        }

        bool isUnready = ready.Status == "False";
        DateTimeOffset since = ready.LastTransitionTime.Instant;
        return start.Instant + ProcessorInitialization > now
            ? isUnready || sample.At < since + sample.Window
            : isUnready && start.Instant + InitialReadiness > since;
    }

    private static string? RequestsOf(IReadOnlyList<Pod> pods, PodsTarget target, Dictionary<string, long> requests)
    {
        foreach (Pod pod in pods)
        {
            long sum = 0;
            IEnumerable<Container> sidecars = pod.Spec.InitContainers.Where(
                static one => one.RestartPolicy == "Always");
            foreach (Container one in pod.Spec.Containers.Concat(sidecars))
            {
                if (target.Container.Length > 0 && target.Container != one.Name)
                {
                    continue;
                }

                if (one.Resources.Requests.TryGetValue(target.Resource, out Quantity request))
                {
                    sum += request.MilliValue;
                }
                else
                {
                    return $"missing request for {target.Resource} in container {one.Name} of Pod {pod.Metadata.Name}";
                }
            }

            requests[pod.Metadata.Name] = sum;
        }

        return null;
    }
}
