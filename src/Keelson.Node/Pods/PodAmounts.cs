using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Pods;

/// <summary>What a pod as a whole asks for and is limited to: its own word where it has one, else its containers',
/// and its overhead (upstream's PodRequests and PodLimits).</summary>
internal static class PodAmounts
{
    /// <summary>What the pod requests.</summary>
    public static ApiMap<Quantity> Requests(Pod pod) => Sum(
        Override(PodResources.AggregateContainerRequests(pod.Spec), pod.Spec.Resources?.Requests ?? default),
        pod.Spec.Overhead,
        onlyKnown: false);

    /// <summary>What the pod is limited to.</summary>
    public static ApiMap<Quantity> Limits(Pod pod) => Sum(
        Override(PodResources.AggregateContainerLimits(pod.Spec), pod.Spec.Resources?.Limits ?? default),
        pod.Spec.Overhead,
        onlyKnown: true);

    /// <summary>Upstream's critical pods: those of the node itself, and those of the system's priority.</summary>
    public static bool IsCritical(Pod pod) =>
        StaticPods.IsStatic(pod) || StaticPods.IsMirror(pod) || pod.Spec.Priority >= SystemCriticalPriority;

    private const int SystemCriticalPriority = 2_000_000_000;

    private static ApiMap<Quantity> Override(ApiMap<Quantity> amounts, ApiMap<Quantity> wanted)
    {
        foreach (KeyValuePair<string, Quantity> one in wanted)
        {
            amounts = amounts.With(one.Key, one.Value);
        }

        return amounts;
    }

    private static ApiMap<Quantity> Sum(ApiMap<Quantity> amounts, ApiMap<Quantity> overhead, bool onlyKnown)
    {
        foreach (KeyValuePair<string, Quantity> one in overhead)
        {
            bool isKnown = amounts.TryGetValue(one.Key, out Quantity amount);
            amounts = isKnown || !onlyKnown ? amounts.With(one.Key, amount + one.Value) : amounts;
        }

        return amounts;
    }
}
