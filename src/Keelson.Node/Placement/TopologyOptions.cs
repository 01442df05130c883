using System.Globalization;
using Keelson.Machinery.Validation;

namespace Keelson.Nodes.Placement;

/// <summary>Options of the policies for NUMA nodes (<c>topologyManagerPolicyOptions</c>).</summary>
internal sealed record TopologyOptions
{
    private const string Closest = "prefer-closest-numa-nodes";
    private const string NodesMostName = "max-allowable-numa-nodes";

    // Upstream's: with more nodes there are too many sets of them to go through.
    private const int NodesUsual = 8;

    /// <summary>Of as many nodes those are preferred that are close to each other.</summary>
    public bool PrefersClosest { get; init; }

    /// <summary>How many NUMA nodes a machine may have.</summary>
    public int NodesMost { get; init; } = NodesUsual;

    /// <summary>Reads options; an error says in upstream's words what is wrong with them.</summary>
    public static (TopologyOptions Options, string? Error) Of(IReadOnlyDictionary<string, string> options)
    {
        TopologyOptions read = new();
        foreach ((string name, string text) in options.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            switch (name)
            {
                case Closest when CpuOptions.Truth(text) is { } truth:
                    read = read with { PrefersClosest = truth };
                    break;
                case Closest:
                    return (read, $"bad value for option \"{name}\": strconv.ParseBool: parsing "
                        + $"{GoText.Quote(text)}: invalid syntax");
                case NodesMostName when Number(text) is { } most:
                    if (most < NodesUsual)
                    {
                        return (read, $"the minimum value of \"{name}\" should not be less than {NodesUsual}");
                    }

                    read = read with { NodesMost = most };
                    break;
                case NodesMostName:
                    return (read, $"unable to convert policy option to integer \"{name}\": strconv.Atoi: parsing "
                        + $"{GoText.Quote(text)}: invalid syntax");
                default:
                    return (read, $"unknown Topology Manager Policy option: \"{name}\"");
            }
        }

        return (read, null);
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
}
