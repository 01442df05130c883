using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Simulator.Invariants;

using Node = Keelson.Api.Core.V1.Node;

/// <summary>A pod is on one node for all its life, nodes have room for what is on them, and who keeps apart is
/// apart.</summary>
internal sealed class PlacementInvariant : IInvariant
{
    public IEnumerable<string> Check(ClusterHistory cluster, Change change)
    {
        if (change.Now is not Pod pod)
        {
            yield break;
        }

        string name = $"pod {pod.Metadata.Namespace}/{pod.Metadata.Name}";
        Pod? old = change.Old as Pod;
        if (old?.Spec.NodeName == pod.Spec.NodeName && old.Metadata.Uid == pod.Metadata.Uid)
        {
            yield break;
        }

        if (old is { Spec.NodeName.Length: > 0 } && old.Metadata.Uid == pod.Metadata.Uid)
        {
            yield return $"{name} moved from {old.Spec.NodeName} to {pod.Spec.NodeName}";
        }

        if (pod.Spec.NodeName.Length == 0)
        {
            yield break;
        }

        Node? node = cluster.Of<Node>().FirstOrDefault(one => one.Metadata.Name == pod.Spec.NodeName);
        Pod[] there = [.. cluster.Of<Pod>().Where(one => one.Spec.NodeName == pod.Spec.NodeName && !Pods.IsEnded(one))];
        if (node is not null)
        {
            long room = node.Status.Allocatable.TryGetValue(ResourceName.Cpu, out Quantity cpu) ? cpu.MilliValue : 0;
            long taken = there.Sum(Pods.MilliCpu);
            if (taken > room)
            {
                yield return $"{name} fills {pod.Spec.NodeName} to {taken}m of {room}m processors";
            }
        }

        if (pod.Metadata.Labels.TryGetValue(Pods.ApartLabel, out string? group)
            && there.Count(one => one.Metadata.Labels.GetValueOrDefault(Pods.ApartLabel) == group) > 1)
        {
            yield return $"{name} is on {pod.Spec.NodeName} beside another that keeps apart from it";
        }
    }
}
