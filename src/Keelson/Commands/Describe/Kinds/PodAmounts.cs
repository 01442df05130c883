using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Describe.Kinds;

/// <summary>What a pod takes of a node: its containers together, or an init container that takes more.</summary>
internal static class PodAmounts
{
    /// <param name="pod">The pod.</param>
    /// <param name="which"><c>requests</c> or <c>limits</c>.</param>
    public static Dictionary<string, Quantity> Of(ObjectTree pod, string which)
    {
        Dictionary<string, Quantity> sum = new(StringComparer.Ordinal);
        foreach (ObjectTree container in pod.Objects("spec", "containers"))
        {
            Add(sum, AmountsOf(container, which));
        }

        // Sidecars stay: they count with the containers, and with each init container after them.
        Dictionary<string, Quantity> sidecars = new(StringComparer.Ordinal);
        Dictionary<string, Quantity> most = new(StringComparer.Ordinal);
        foreach (ObjectTree container in pod.Objects("spec", "initContainers"))
        {
            Dictionary<string, Quantity> own = AmountsOf(container, which);
            if (container.TextAt("restartPolicy") == "Always")
            {
                Add(sum, own);
                Add(sidecars, own);
                Raise(most, sidecars);
            }
            else
            {
                Add(own, sidecars);
                Raise(most, own);
            }
        }

        Raise(sum, most);
        foreach ((string name, Quantity amount) in Amounts(pod.Node("spec", "resources", which)))
        {
            sum[name] = amount;
        }

        // An overhead counts as a limit only where there is one.
        foreach ((string name, Quantity amount) in Amounts(pod.Node("spec", "overhead")))
        {
            if (which == "requests" || sum.ContainsKey(name))
            {
                sum[name] = sum.GetValueOrDefault(name) + amount;
            }
        }

        return sum;
    }

    /// <summary>Adds amounts to others.</summary>
    public static void Add(Dictionary<string, Quantity> sum, Dictionary<string, Quantity> more)
    {
        foreach ((string name, Quantity amount) in more)
        {
            sum[name] = sum.TryGetValue(name, out Quantity before) ? before + amount : amount;
        }
    }

    private static void Raise(Dictionary<string, Quantity> sum, Dictionary<string, Quantity> least)
    {
        foreach ((string name, Quantity amount) in least)
        {
            if (!sum.TryGetValue(name, out Quantity before) || before < amount)
            {
                sum[name] = amount;
            }
        }
    }

    private static Dictionary<string, Quantity> AmountsOf(ObjectTree container, string which) =>
        Amounts(container.Node("resources", which));

    private static Dictionary<string, Quantity> Amounts(ObjectTree? list)
    {
        Dictionary<string, Quantity> amounts = new(StringComparer.Ordinal);
        foreach ((string name, string text) in list?.Pairs() ?? [])
        {
            amounts[name] = Quantity.TryParse(text, out Quantity amount, out _) ? amount : default;
        }

        return amounts;
    }
}
