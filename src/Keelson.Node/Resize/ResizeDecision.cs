using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Resize;

/// <summary>Why a resize is not done: <c>Deferred</c> or <c>Infeasible</c>, and what there is to say.</summary>
internal sealed record ResizeRefusal(string Reason, string Message)
{
    /// <summary>What metrics call an infeasible one; empty for one that may be done later.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>What a resize is decided by, besides the pod.</summary>
internal sealed record ResizeLimits
{
    /// <summary>What pods can have in all, once nothing else is there.</summary>
    public required PodsBounds Capacity { get; init; }

    /// <summary>Whether containers have processors of their own (CPU policy static).</summary>
    public bool HasStaticCpus { get; init; }

    /// <summary>Whether containers have memory of their own (memory policy Static).</summary>
    public bool HasStaticMemory { get; init; }
}

/// <summary>Whether a pod can be given what it asks for now. Pure.</summary>
internal static class ResizeDecision
{
    /// <summary>Null, or why not.</summary>
    /// <param name="pod">The pod as it should be.</param>
    /// <param name="allocated">The pod with what it was given.</param>
    /// <param name="others">The other pods with what they were given.</param>
    /// <param name="allocatable">What the node has for pods.</param>
    /// <param name="limits">What else counts.</param>
    public static ResizeRefusal? Refuses(
        Pod pod, Pod allocated, IReadOnlyCollection<Pod> others, ApiMap<Quantity> allocatable, ResizeLimits limits)
    {
        if (StaticPods.IsStatic(pod))
        {
            return Infeasible("static_pod", "In-place resize of static-pods is not supported");
        }

        if (PodResourceConfigs.QosOf(pod) == PodQOSClass.Guaranteed)
        {
            if (limits.HasStaticCpus && Differs(pod, allocated, "cpu"))
            {
                return Infeasible(
                    "guaranteed_pod_cpu_manager_static_policy",
                    "Resize is infeasible for Guaranteed Pods alongside CPU Manager policy \"static\"");
            }

            if (limits.HasStaticMemory && Differs(pod, allocated, "memory"))
            {
                return Infeasible(
                    "guaranteed_pod_memory_manager_static_policy",
                    "Resize is infeasible for Guaranteed Pods alongside Memory Manager policy \"Static\"");
            }
        }

        ApiMap<Quantity> wanted = PodAmounts.Requests(pod);
        long memory = wanted.GetValueOrDefault("memory").Value;
        long cpu = wanted.GetValueOrDefault("cpu").MilliValue;
        if (memory > limits.Capacity.Memory)
        {
            return Infeasible("insufficient_node_allocatable", "Node didn't have enough capacity: "
                + $"memory, requested: {memory}, capacity: {limits.Capacity.Memory}");
        }

        if (cpu > limits.Capacity.MilliCpu)
        {
            return Infeasible("insufficient_node_allocatable", "Node didn't have enough capacity: "
                + $"cpu, requested: {cpu}, capacity: {limits.Capacity.MilliCpu}");
        }

        return NodeFit.Shortfalls(pod, others, allocatable) is [var lack, ..]
            ? new("Deferred", lack.Verdict.Message)
            : null;
    }

    /// <summary>Resizes in the order in which they are tried: those that ask for less, then by priority, class of
    /// service, and how long they wait.</summary>
    public static IEnumerable<T> InOrder<T>(IEnumerable<T> pending, Func<T, ResizeCandidate> of) => pending
        .OrderBy(one => of(one).IsIncrease)
        .ThenByDescending(one => of(one).Pod.Spec.Priority ?? 0)
        .ThenBy(one => PodResourceConfigs.QosOf(of(one).Pod) != PodQOSClass.Guaranteed)
        .ThenBy(one => of(one).Since);

    private static bool Differs(Pod pod, Pod allocated, string resource) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers).Zip(
            allocated.Spec.Containers.Concat(allocated.Spec.InitContainers),
            (one, other) => one.Resources.Requests.GetValueOrDefault(resource)
                != other.Resources.Requests.GetValueOrDefault(resource)).Any(static one => one);

    private static ResizeRefusal Infeasible(string detail, string message) =>
        new("Infeasible", message) { Detail = detail };
}

/// <summary>A resize that waits.</summary>
/// <param name="Pod">The pod as it should be.</param>
/// <param name="IsIncrease">True when it asks for more than it has.</param>
/// <param name="Since">Since when it waits.</param>
internal readonly record struct ResizeCandidate(Pod Pod, bool IsIncrease, DateTimeOffset Since)
{
    /// <summary>True when a pod asks for more of anything than it was given.</summary>
    public static bool Increases(Pod pod, Pod allocated)
    {
        ApiMap<Quantity> wanted = PodAmounts.Requests(pod);
        ApiMap<Quantity> given = PodAmounts.Requests(allocated);
        return wanted.GetValueOrDefault("memory") > given.GetValueOrDefault("memory")
            || wanted.GetValueOrDefault("cpu") > given.GetValueOrDefault("cpu");
    }
}
