using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>Whether there is room on a node for one more pod.</summary>
internal static class NodeFit
{
    /// <summary>Null, or what there is too little of.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="others">The pods that are there.</param>
    /// <param name="allocatable">What the node has for pods.</param>
    public static PodVerdict? Lacks(Pod pod, IReadOnlyCollection<Pod> others, ApiMap<Quantity> allocatable)
    {
        long room = allocatable.GetValueOrDefault("pods").Value;
        if (room > 0 && others.Count + 1 > room)
        {
            return TooMuch("pods", 1, others.Count, room);
        }

        ApiMap<Quantity> wanted = PodAmounts.Requests(pod);
        foreach (string name in (ReadOnlySpan<string>)["cpu", "memory", "ephemeral-storage"])
        {
            if (!wanted.TryGetValue(name, out Quantity asked) || asked.IsZero
                || !allocatable.TryGetValue(name, out Quantity capacity))
            {
                continue;
            }

            Quantity used = default;
            foreach (Pod one in others)
            {
                used += PodAmounts.Requests(one).GetValueOrDefault(name);
            }

            if (asked + used > capacity)
            {
                return name == "cpu"
                    ? TooMuch(name, asked.MilliValue, used.MilliValue, capacity.MilliValue)
                    : TooMuch(name, asked.Value, used.Value, capacity.Value);
            }
        }

        return null;
    }

    private static PodVerdict TooMuch(string name, long asked, long used, long capacity) => new(
        "OutOf" + name,
        $"Node didn't have enough resource: {name}, requested: {asked}, used: {used}, capacity: {capacity}");
}
