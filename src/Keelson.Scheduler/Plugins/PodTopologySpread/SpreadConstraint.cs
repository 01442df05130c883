using Keelson.Api.Core.V1;
using Keelson.Client.Nodes;
using Keelson.Client;
using Keelson.Machinery.Selectors;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.PodTopologySpread;

/// <summary>A constraint of a pod, ready to be held against nodes.</summary>
internal sealed class SpreadConstraint
{
    /// <summary>The label of a node's own name.</summary>
    public const string HostKey = "kubernetes.io/hostname";

    private readonly bool _honorsAffinity;
    private readonly bool _honorsTaints;

    /// <summary>Reads a constraint.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <param name="podLabels">The labels of the pod that has it.</param>
    /// <param name="selector">A selector that stands for the constraint's own; null to take that.</param>
    public SpreadConstraint(
        TopologySpreadConstraint constraint, in ApiMap<string> podLabels, LabelMatcher? selector = null)
    {
        Key = constraint.TopologyKey;
        MaxSkew = constraint.MaxSkew;
        MinDomains = constraint.MinDomains ?? 1;
        Selector = selector
            ?? Narrow(constraint.LabelSelector.ToMatcher(), constraint.MatchLabelKeys, podLabels);
        _honorsAffinity = constraint.NodeAffinityPolicy is null or NodeInclusionPolicy.Honor;
        _honorsTaints = constraint.NodeTaintsPolicy == NodeInclusionPolicy.Honor;
    }

    /// <summary>The node label whose values are the domains.</summary>
    public string Key { get; }

    /// <summary>How much fuller than the emptiest a domain may be.</summary>
    public int MaxSkew { get; }

    /// <summary>With fewer domains than this, the emptiest counts as empty.</summary>
    public int MinDomains { get; }

    /// <summary>The pods that are spread.</summary>
    public LabelMatcher Selector { get; }

    /// <summary>True when the pods of a node count, and the node for a domain.</summary>
    public bool Includes(Pod pod, NodeInfo node) =>
        (!_honorsAffinity || NodeMatching.MeetsAffinity(pod.Spec, node.Node))
        && (!_honorsTaints || Tolerations.TolerateAll(pod.Spec.Tolerations, node.NoScheduleTaints));

    /// <summary>True when the pods of all nodes count, so that there is no need to ask for each of them.</summary>
    public bool IncludesAny(Pod pod) =>
        !_honorsTaints
        && (!_honorsAffinity
            || (pod.Spec.NodeSelector.Count == 0
                && pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is null));

    /// <summary>True when a node has the labels of all constraints.</summary>
    public static bool AllKeysOn(SpreadConstraint[] constraints, in ApiMap<string> labels)
    {
        foreach (SpreadConstraint one in constraints)
        {
            if (!labels.ContainsKey(one.Key))
            {
                return false;
            }
        }

        return true;
    }

    private static LabelMatcher Narrow(LabelMatcher selector, ApiList<string> keys, in ApiMap<string> labels)
    {
        ApiMap<string> own = default;
        foreach (string key in keys)
        {
            if (labels.TryGetValue(key, out string? value))
            {
                own = own.With(key, value);
            }
        }

        return own.Count == 0 ? selector
            : LabelMatcher.Of([.. selector.Requirements, .. LabelMatcher.FromLabels(own).Requirements]);
    }
}
