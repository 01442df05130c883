using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Simulator.Invariants;

/// <summary>What the invariants ask about pods.</summary>
internal static class Pods
{
    /// <summary>The label that says which pods keep away from each other on a node.</summary>
    public const string ApartLabel = "apart";

    public static bool IsEnded(Pod pod) => pod.Status.Phase is PodPhase.Succeeded or PodPhase.Failed;

    public static bool IsActive(Pod pod) => !IsEnded(pod) && pod.Metadata.DeletionTimestamp is null;

    public static bool IsReady(Pod pod) =>
        pod.Status.Conditions.Any(static one => one is { Type: PodConditionType.Ready, Status: "True" });

    public static bool IsServing(Pod pod) => IsActive(pod) && pod.Status.Phase == PodPhase.Running && IsReady(pod);

    /// <summary>Whether somebody asked for the eviction of the pod, and was allowed it.</summary>
    public static bool IsEvicted(Pod pod) =>
        pod.Status.Conditions.Any(static one => one is { Type: "DisruptionTarget", Status: "True" });

    /// <summary>What the pod takes of its node's processors.</summary>
    public static long MilliCpu(Pod pod) => pod.Spec.Containers.Sum(static one =>
        one.Resources.Requests.TryGetValue(ResourceName.Cpu, out Quantity cpu) ? cpu.MilliValue : 0);

    /// <summary>A number or a share of a whole.</summary>
    public static int Scaled(IntOrString value, int whole, bool roundUp) => !value.TryGetPercent(out int percent)
        ? value.Number
        : (int)(roundUp ? Math.Ceiling(percent * whole / 100.0) : Math.Floor(percent * whole / 100.0));
}
