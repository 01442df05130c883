using Keelson.Api.Core.V1;
using Keelson.Api.Resource.V1;
using Keelson.Scheduler.Config;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Plugins.DynamicResources;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.NodeResourcesFit;

/// <summary>Keeps pods off nodes that have not enough left, and ranks nodes by how much is left.</summary>
internal sealed class NodeResourcesFitPlugin : INodeLocalFilterPlugin, IScorePlugin, IEnqueueExtensions
{
    /// <summary>The name.</summary>
    public const string PluginName = "NodeResourcesFit";

    private const string KubernetesDomain = "kubernetes.io/";

    private static readonly PluginStatus TooManyPods = new(StatusCode.Unschedulable, PluginName, "Too many pods");
    private static readonly PluginStatus TooLittleCpu = new(StatusCode.Unschedulable, PluginName, "Insufficient cpu");
    private static readonly PluginStatus TooLittleMemory =
        new(StatusCode.Unschedulable, PluginName, "Insufficient memory");

    private readonly HashSet<string> _ignored;
    private readonly HashSet<string> _ignoredGroups;
    private readonly ResourceScore _score;
    private readonly ExtendedResourceClasses _classes;

    /// <summary>The plugin with its arguments.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="leftToExtenders">Resources that extenders look after.</param>
    /// <param name="classes">The classes of devices behind extended resources.</param>
    public NodeResourcesFitPlugin(
        NodeResourcesFitArgs args, IEnumerable<string> leftToExtenders, ExtendedResourceClasses classes)
    {
        _classes = classes;
        _ignored = [.. args.IgnoredResources, .. leftToExtenders];
        _ignoredGroups = [.. args.IgnoredResourceGroups];
        _score = ResourceScore.For(args);
    }

    /// <inheritdoc/>
    public string Name => PluginName;

    /// <inheritdoc/>
    public IEnumerable<ClusterEventHint> EventsToRegister() =>
    [
        new(new(EventResource.AssignedPod, ActionType.Delete | ActionType.UpdatePodScaleDown), FreesSomething),
        new(new(EventResource.UnscheduledPod, ActionType.UpdatePodScaleDown)),
        new(new(EventResource.Node, ActionType.Add | ActionType.UpdateNodeAllocatable), HasRoomNow),
        new(new(EventResource.DeviceClass, ActionType.Add | ActionType.Update), IsClassOfSomething),
    ];

    /// <inheritdoc/>
    public PluginStatus? Filter(CycleState state, PodInfo pod, NodeInfo node)
    {
        ResourceAmounts asked = pod.Requests;
        ResourceAmounts all = node.Allocatable;
        ResourceAmounts taken = node.Requested;
        bool fits = node.Pods.Count + 1 <= node.AllowedPods
            && (asked.MilliCpu == 0 || asked.MilliCpu <= all.MilliCpu - taken.MilliCpu)
            && (asked.Memory == 0 || asked.Memory <= all.Memory - taken.Memory)
            && (asked.EphemeralStorage == 0 || asked.EphemeralStorage <= all.EphemeralStorage - taken.EphemeralStorage)
            && asked.Scalars.Length == 0;
        return fits ? null : Explain(pod, node.Pods.Count, node.AllowedPods, all, taken);
    }

    /// <inheritdoc/>
    public bool SeesAlike(PodInfo one, PodInfo other) => one.Requests.SameAs(other.Requests);

    /// <inheritdoc/>
    public PluginStatus? Score(CycleState state, PodInfo pod, ReadOnlySpan<NodeInfo> nodes, Span<long> scores)
    {
        for (int i = 0; i < nodes.Length; i++)
        {
            scores[i] = _score.Of(pod, nodes[i]);
        }

        return null;
    }

    private PluginStatus? Explain(PodInfo pod, int pods, long allowed, ResourceAmounts all, ResourceAmounts taken)
    {
        ResourceAmounts asked = pod.Requests;
        List<string> reasons = [];
        bool never = false;
        if (pods + 1 > allowed)
        {
            reasons.Add("Too many pods");
        }

        void Check(string name, long wanted, long available, long used)
        {
            if (wanted > 0 && wanted > available - used)
            {
                reasons.Add("Insufficient " + name);
                never |= wanted > available;
            }
        }

        Check(ResourceName.Cpu, asked.MilliCpu, all.MilliCpu, taken.MilliCpu);
        Check(ResourceName.Memory, asked.Memory, all.Memory, taken.Memory);
        Check(ResourceName.EphemeralStorage, asked.EphemeralStorage, all.EphemeralStorage, taken.EphemeralStorage);
        foreach (ScalarAmount one in asked.Scalars)
        {
            if (!IsIgnored(one.Name) && !IsLeftToClaims(one.Name, all))
            {
                Check(one.Name, one.Amount, all.Get(one.Name), taken.Get(one.Name));
            }
        }

        return reasons.Count == 0 ? null : never || reasons.Count > 1 ? Several(reasons, never) : Single(reasons);
    }

    private static PluginStatus Several(List<string> reasons, bool never) =>
        new(never ? StatusCode.UnschedulableAndUnresolvable : StatusCode.Unschedulable, PluginName, [.. reasons]);

    /// <summary>The frequent answers are shared.</summary>
    private static PluginStatus Single(List<string> reasons) => reasons[0] switch
    {
        "Too many pods" => TooManyPods,
        "Insufficient cpu" => TooLittleCpu,
        "Insufficient memory" => TooLittleMemory,
        _ => Several(reasons, false),
    };

    private bool IsIgnored(string name)
    {
        if (_ignored.Count + _ignoredGroups.Count == 0 || !IsExtended(name))
        {
            return false;
        }

        return _ignored.Contains(name)
            || (_ignoredGroups.Count > 0
                && _ignoredGroups.Contains(name[..name.IndexOf('/', StringComparison.Ordinal)]));
    }

    /// <summary>Devices instead of amounts, on nodes where no device plugin offers the resource.</summary>
    private bool IsLeftToClaims(string name, ResourceAmounts all) =>
        all.Get(name) == 0 && _classes.ClassOf(name) is not null;

    private static bool IsExtended(string name) =>
        name.Contains('/', StringComparison.Ordinal) && !name.Contains(KubernetesDomain, StringComparison.Ordinal);

    private bool FreesSomething(PodInfo pod, object? old, object? now)
    {
        if (now is not PodInfo after)
        {
            return old is PodInfo gone && (gone.NodeName.Length > 0 || gone.Pod.Status.NominatedNodeName.Length > 0);
        }

        // A pod that holds less now: only what this one asks for matters.
        return old is PodInfo before
            && ((pod.Requests.MilliCpu > 0 && after.Requests.MilliCpu < before.Requests.MilliCpu)
                || (pod.Requests.Memory > 0 && after.Requests.Memory < before.Requests.Memory)
                || (pod.Requests.EphemeralStorage > 0
                    && after.Requests.EphemeralStorage < before.Requests.EphemeralStorage)
                || pod.Requests.Scalars.ToArray()
                    .Any(one => after.Requests.Get(one.Name) < before.Requests.Get(one.Name)));
    }

    /// <summary>A class appeared, or took another name, that a pod asks for.</summary>
    private static bool IsClassOfSomething(PodInfo pod, object? old, object? now)
    {
        if (now is not DeviceClass after)
        {
            return false;
        }

        string? before = (old as DeviceClass)?.Spec.ExtendedResourceName;
        string? name = after.Spec.ExtendedResourceName;
        return (old is null && pod.Requests.Get(ExtendedResourceClasses.ImplicitPrefix + after.Metadata.Name) > 0)
            || (name is not null && name != before && pod.Requests.Get(name) > 0);
    }

    private bool HasRoomNow(PodInfo pod, object? old, object? now)
    {
        if (now is not Node node)
        {
            return false;
        }

        // Whether it fits beside the pods that are there, the next attempt finds out; what never fits is not tried.
        ResourceAmounts all = ResourceAmounts.Of(node.Status.Allocatable);
        return Explain(pod, 0, node.Status.Allocatable.GetValueOrDefault(ResourceName.Pods).Value, all, new()) is null
            && (old is not Node before || before.Status.Allocatable != node.Status.Allocatable);
    }
}
