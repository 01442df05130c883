using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>Something that a node has too little of for one more pod.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Requested">What the pod asks for: thousandths of processors, else whole units.</param>
/// <param name="Used">What the others asked for.</param>
/// <param name="Capacity">What the node has for pods.</param>
internal sealed record Shortfall(string Resource, long Requested, long Used, long Capacity)
{
    /// <summary>How much would have to become free.</summary>
    public long Missing => Requested - (Capacity - Used);

    /// <summary>The same as the end of a pod.</summary>
    public PodVerdict Verdict => new(
        "OutOf" + Resource,
        $"Node didn't have enough resource: {Resource}, requested: {Requested}, used: {Used}, capacity: {Capacity}");
}

/// <summary>Whether there is room on a node for one more pod (upstream's NodeResourcesFit). Pure.</summary>
internal static class NodeFit
{
    private static readonly string[] Basic = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>All that there is too little of.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="others">The pods that are there.</param>
    /// <param name="allocatable">What the node has for pods.</param>
    public static IReadOnlyList<Shortfall> Shortfalls(
        Pod pod, IReadOnlyCollection<Pod> others, ApiMap<Quantity> allocatable)
    {
        List<Shortfall> lacking = [];
        long room = allocatable.GetValueOrDefault("pods").Value;
        if (room > 0 && others.Count + 1 > room)
        {
            lacking.Add(new("pods", 1, others.Count, room));
        }

        ApiMap<Quantity> wanted = PodAmounts.Requests(pod);
        foreach (string name in Basic.Concat(wanted.ToArray().Select(static one => one.Key).Except(Basic)))
        {
            if (!wanted.TryGetValue(name, out Quantity asked) || asked.IsZero || !Counts(name, allocatable))
            {
                continue;
            }

            long amount = Units(name, asked);
            long used = others.Sum(one => Units(name, PodAmounts.Requests(one).GetValueOrDefault(name)));
            long capacity = Units(name, allocatable.GetValueOrDefault(name));
            if (amount > capacity - used)
            {
                lacking.Add(new(name, amount, used, capacity));
            }
        }

        return lacking;
    }

    /// <summary>An amount in the units of messages.</summary>
    public static long Units(string resource, Quantity amount) => resource == "cpu" ? amount.MilliValue : amount.Value;

    /// <summary>
    /// Resources that the node does not have are somebody else's, who keeps them for the whole cluster; pages of a size
    /// that it does not have are not.
    /// </summary>
    private static bool Counts(string resource, ApiMap<Quantity> allocatable) =>
        allocatable.ContainsKey(resource) || resource.StartsWith("hugepages-", StringComparison.Ordinal);
}
