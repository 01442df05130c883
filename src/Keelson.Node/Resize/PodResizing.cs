using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Resize;

/// <summary>
/// Gives pods what they ask for as far as there is room, remembers what each was given and what is in force, and tries
/// again when room may have come (upstream's allocation manager).
/// </summary>
internal sealed class PodResizing
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Tracked> _pods = new(StringComparer.Ordinal);
    private readonly NodeContext _context;
    private readonly EventRecorder _events;
    private readonly ResizeLimits _limits;
    private readonly AllocationFile _allocated;
    private readonly AllocationFile _actuated;

    /// <summary>Takes up what the last agent left.</summary>
    public PodResizing(NodeContext context, EventRecorder events, ResizeLimits limits)
    {
        _context = context;
        _events = events;
        _limits = limits;
        _allocated = new(Path.Combine(context.RootDirectory, "allocated_pods_state"), context.Log);
        _actuated = new(Path.Combine(context.RootDirectory, "actuated_pods_state"), context.Log);
        context.Metrics.Own.BeforeWrite(Count);
    }

    /// <summary>Has a pod looked at whose resize was decided meanwhile.</summary>
    public Action<string> Wake { get; set; } = static _ => { };

    /// <summary>What is in force of a pod; null when nothing is known.</summary>
    public PodAllocation? Actuated(string uid) => _actuated.Find(uid);

    /// <summary>The pod with what it was given, as it is for one that was given nothing.</summary>
    public Pod Allocated(Pod pod) => _allocated.Find(pod.Metadata.Uid)?.Apply(pod) ?? pod;

    /// <summary>Gives a pod what it asks for if there is room; one that was given nothing yet gets it all.</summary>
    /// <returns>The pod with what it has, and where its resize stands.</returns>
    public (Pod Pod, ResizeConditions Conditions) Take(Pod pod)
    {
        string uid = pod.Metadata.Uid;
        lock (_gate)
        {
            if (_allocated.Find(uid) is not { } given)
            {
                _allocated.Set(uid, PodAllocation.Of(pod));
                return (pod, ResizeConditions.None);
            }

            if (!_pods.TryGetValue(uid, out Tracked? tracked))
            {
                _pods[uid] = tracked = new(pod);
            }

            tracked.Pod = pod;
            if (ReferenceEquals(given.Apply(pod), pod))
            {
                tracked.Conditions = tracked.Conditions with { Pending = null };
                return (pod, tracked.Conditions);
            }

            if (tracked.Since is null)
            {
                _context.Metrics.Resizes.Requested(given.Apply(pod), pod);
                tracked.Since = _context.Clock.GetUtcNow();
            }

            TryAll(uid);
            return (_allocated.Find(uid)!.Apply(pod), tracked.Conditions);
        }
    }

    /// <summary>Notes that a container runs with what its pod was given.</summary>
    public void Actuate(Pod pod, ContainerSpec one)
    {
        if (one.Role is ContainerRole.Regular or ContainerRole.Sidecar
            && _actuated.Find(pod.Metadata.Uid)?.Containers.GetValueOrDefault(one.Name)?
                .Equals(one.Container.Resources) is not true)
        {
            _actuated.Set(pod.Metadata.Uid, one.Name, one.Container.Resources);
        }
    }

    /// <summary>Notes that a pod as a whole has what it was given.</summary>
    public void ActuatePod(Pod pod)
    {
        if (!Equals(_actuated.Find(pod.Metadata.Uid)?.Pod, pod.Spec.Resources))
        {
            _actuated.Set(pod.Metadata.Uid, pod.Spec.Resources);
        }
    }

    /// <summary>Notes that a resize is under way, or what stands in its way.</summary>
    public void Begin(Pod pod, string error = "")
    {
        lock (_gate)
        {
            if (!_pods.TryGetValue(pod.Metadata.Uid, out Tracked? tracked))
            {
                _pods[pod.Metadata.Uid] = tracked = new(pod);
            }

            ResizeMark? before = tracked.Conditions.InProgress;
            if (before is not null && before.Message == error)
            {
                return;
            }

            long generation = before?.Generation ?? pod.Metadata.Generation;
            ResizeMark now = new(error.Length > 0 ? "Error" : "", error, generation, _context.Clock.GetUtcNow());
            tracked.Conditions = tracked.Conditions with { InProgress = now };
            if (error.Length > 0)
            {
                _events.Warning(pod, "ResizeError", Text("Pod resize error", pod, generation, error));
            }
        }
    }

    /// <summary>Notes that nothing is left to be done for a pod.</summary>
    public void Complete(Pod pod)
    {
        lock (_gate)
        {
            if (_pods.TryGetValue(pod.Metadata.Uid, out Tracked? tracked)
                && tracked.Conditions.InProgress is { } going)
            {
                tracked.Conditions = tracked.Conditions with { InProgress = null };
                _events.Normal(
                    pod, "ResizeCompleted", Text("Pod resize completed", pod, going.Generation, ""));
                TryAll(pod.Metadata.Uid);
            }
        }
    }

    /// <summary>Forgets pods that are gone.</summary>
    public void Prune(Func<string, bool> isKnown)
    {
        foreach (string uid in _allocated.Pods.Union(_actuated.Pods).Where(one => !isKnown(one)))
        {
            Forget(uid);
        }
    }

    /// <summary>Forgets a pod; others may have its room.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            _allocated.Remove(uid);
            _actuated.Remove(uid);
            _pods.Remove(uid);
            TryAll(uid);
        }
    }

    /// <summary>Counts resizes for those who ask for metrics.</summary>
    private void Count()
    {
        lock (_gate)
        {
            ResizeMetrics metrics = _context.Metrics.Resizes;
            metrics.InProgress.Set(_pods.Values.Count(static one => one.Conditions.InProgress is not null));
            metrics.Pending.Clear();
            foreach (IGrouping<string, Tracked> one in _pods.Values
                .Where(static one => one.Conditions.Pending is not null)
                .GroupBy(static one => one.Conditions.Pending!.Reason.ToLowerInvariant()))
            {
                metrics.Pending.Set(one.Count(), one.Key);
            }
        }
    }

    private void TryAll(string current)
    {
        List<Tracked> pending = [.. _pods.Values.Where(static one => one.Since is not null)];
        foreach (Tracked one in ResizeDecision.InOrder(pending, ToCandidate))
        {
            ResizeConditions before = one.Conditions;
            Try(one);
            if (!before.Equals(one.Conditions) && one.Pod.Metadata.Uid != current)
            {
                Wake(one.Pod.Metadata.Uid);
            }
        }
    }

    private ResizeCandidate ToCandidate(Tracked one) =>
        new(one.Pod, ResizeCandidate.Increases(one.Pod, Allocated(one.Pod)), one.Since!.Value);

    private void Try(Tracked one)
    {
        Pod pod = one.Pod;
        Pod allocated = Allocated(pod);
        if (ReferenceEquals(allocated, pod))
        {
            one.Since = null;
            one.Conditions = one.Conditions with { Pending = null };
            return;
        }

        Node? node = _context.Informers.Of<Node>().Find("", _context.NodeName);
        ResizeRefusal? refusal = ResizeDecision.Refuses(
            pod, allocated, Others(pod), node?.Status.Allocatable ?? default, _limits);
        DateTimeOffset now = _context.Clock.GetUtcNow();
        long generation = pod.Metadata.Generation;
        if (refusal is null)
        {
            if (one.Conditions.Pending is { Reason: "Deferred" })
            {
                _context.Metrics.Resizes.DeferredAccepted.Count("periodic_retry");
            }

            _allocated.Set(pod.Metadata.Uid, PodAllocation.Of(pod));
            one.Since = null;
            one.Conditions = new(null, new("", "", generation, now));
            _events.Normal(pod, "ResizeStarted", Text("Pod resize started", pod, generation, ""));
        }
        else if (one.Conditions.Pending is not { } told
            || (told.Reason, told.Message, told.Generation) != (refusal.Reason, refusal.Message, generation))
        {
            if (refusal is { Detail.Length: > 0 })
            {
                _context.Metrics.Resizes.Infeasible.Count(refusal.Detail);
            }

            one.Conditions = one.Conditions with
            {
                Pending = new(refusal.Reason, refusal.Message, generation, now),
            };
            _events.Warning(
                pod,
                "Resize" + refusal.Reason,
                Text($"Pod resize {refusal.Reason}", pod, generation, refusal.Message));
        }
    }

    private List<Pod> Others(Pod pod) =>
    [
        .. _context.Informers.Of<Pod>().List()
            .Where(one => one.Spec.NodeName == _context.NodeName
                && one.Metadata.Uid != pod.Metadata.Uid
                && one.Status.StartTime is not null
                && one.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed))
            .Select(Allocated),
    ];

    /// <summary>What events say: the resources of all containers.</summary>
    private static string Text(string prefix, Pod pod, long generation, string error)
    {
        static JsonArray List(IEnumerable<Container> containers) => new(
            [
                .. containers.Select(static one => new JsonObject
                {
                    ["name"] = one.Name,
                    ["resources"] = JsonNode.Parse(PodAllocation.Text(one.Resources)),
                }),
            ]);
        JsonObject json = [];
        if (pod.Spec.InitContainers.Count > 0)
        {
            json["initContainers"] = List(pod.Spec.InitContainers);
        }

        json["containers"] = List(pod.Spec.Containers);
        json["generation"] = generation;
        if (error.Length > 0)
        {
            json["error"] = error;
        }

        return $"{prefix}: {json.ToJsonString()}";
    }

    private sealed class Tracked(Pod pod)
    {
        public Pod Pod { get; set; } = pod;

        public DateTimeOffset? Since { get; set; }

        public ResizeConditions Conditions { get; set; } = ResizeConditions.None;
    }
}
