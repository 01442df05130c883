using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client.Nodes;
using Keelson.Controllers.Owners;
using Keelson.Controllers.Workloads;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.DaemonSets;

/// <summary>Where a daemon set's pods belong, and how they are bound to go there.</summary>
internal sealed class DaemonPlacement
{
    private const string NameField = "metadata.name";

    private readonly DaemonSet _set;
    private readonly PodSpec _spec;

    public DaemonPlacement(DaemonSet set)
    {
        _set = set;
        _spec = WithTolerations(set.Spec.Template.Spec);
    }

    /// <summary>Whether a node is to have a pod, and whether one that it has may stay.</summary>
    public (bool ShouldRun, bool MayStay) Judge(Node node)
    {
        if ((_spec.NodeName.Length > 0 && _spec.NodeName != node.Metadata.Name)
            || !NodeMatching.MeetsAffinity(_spec, node))
        {
            return (false, false);
        }

        if (Tolerations.Untolerated(_spec.Tolerations, node.Spec.Taints, TaintEffect.NoExecute, TaintEffect.NoSchedule) is null)
        {
            return (true, true);
        }

        return (false, Tolerations.Untolerated(_spec.Tolerations, node.Spec.Taints, TaintEffect.NoExecute) is null);
    }

    /// <summary>The pod for a node, which the scheduler can put nowhere else.</summary>
    public Pod PodFor(string node, string hash)
    {
        PodTemplateSpec template = _set.Spec.Template;
        ApiMap<string> labels = template.Metadata.Labels.With(RevisionHistory.PodLabel, hash);
        if (_set.Metadata.Annotations.TryGetValue("deprecated.daemonset.template.generation", out string? generation))
        {
            labels = labels.With("pod-template-generation", generation);
        }

        return new Pod
        {
            Metadata = ObjectMeta.Empty with
            {
                GenerateName = _set.Metadata.Name + "-",
                Namespace = _set.Metadata.Namespace,
                Labels = labels,
                Annotations = template.Metadata.Annotations,
                Finalizers = template.Metadata.Finalizers,
                OwnerReferences = [Owner.ControllerReference(_set)],
            },
            Spec = _spec with { Affinity = Pinned(_spec.Affinity, node) },
        };
    }

    /// <summary>The node that a pod is on or is meant for; empty when it is for any.</summary>
    public static string NodeOf(Pod pod)
    {
        if (pod.Spec.NodeName.Length > 0)
        {
            return pod.Spec.NodeName;
        }

        foreach (NodeSelectorTerm term in
            pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? default)
        {
            foreach (NodeSelectorRequirement one in term.MatchFields)
            {
                if (one.Key == NameField && one.Operator == NodeSelectorOperator.In && one.Values.Count == 1)
                {
                    return one.Values[0];
                }
            }
        }

        return "";
    }

    private static Affinity Pinned(Affinity? affinity, string node)
    {
        ApiList<NodeSelectorRequirement> name =
            [new NodeSelectorRequirement { Key = NameField, Operator = NodeSelectorOperator.In, Values = [node] }];
        NodeAffinity nodes = affinity?.NodeAffinity ?? new NodeAffinity();
        ApiList<NodeSelectorTerm> terms = nodes.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms
            ?? default;
        return (affinity ?? new Affinity()) with
        {
            NodeAffinity = nodes with
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
                {
                    NodeSelectorTerms = terms.Count == 0
                        ? [new NodeSelectorTerm { MatchFields = name }]
                        : terms.Select(one => one with { MatchFields = name }).ToApiList(),
                },
            },
        };
    }

    /// <summary>Daemon pods stay on nodes that are in trouble, and go to those that take no other pods.</summary>
    private static PodSpec WithTolerations(PodSpec spec)
    {
        List<Toleration> tolerations = [.. spec.Tolerations];
        void Add(string key, string effect)
        {
            if (!tolerations.Any(one => one.Key == key && one.Effect == effect && one.Operator == TolerationOperator.Exists))
            {
                tolerations.Add(new Toleration { Key = key, Operator = TolerationOperator.Exists, Effect = effect });
            }
        }

        Add("node.kubernetes.io/not-ready", TaintEffect.NoExecute);
        Add("node.kubernetes.io/unreachable", TaintEffect.NoExecute);
        Add("node.kubernetes.io/disk-pressure", TaintEffect.NoSchedule);
        Add("node.kubernetes.io/memory-pressure", TaintEffect.NoSchedule);
        Add("node.kubernetes.io/pid-pressure", TaintEffect.NoSchedule);
        Add("node.kubernetes.io/unschedulable", TaintEffect.NoSchedule);
        if (spec.HostNetwork)
        {
            Add("node.kubernetes.io/network-unavailable", TaintEffect.NoSchedule);
        }

        return spec with { Tolerations = tolerations.ToApiList() };
    }
}
