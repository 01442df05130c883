using Keelson.Api.Core.V1;

namespace Keelson.Controllers.NodeLifecycle;

/// <summary>How a zone is.</summary>
internal enum ZoneState
{
    /// <summary>Nothing was concluded yet.</summary>
    Initial,

    /// <summary>Most nodes are ready.</summary>
    Normal,

    /// <summary>Many nodes are not ready.</summary>
    Partial,

    /// <summary>No node is ready.</summary>
    Full,
}

/// <summary>
/// How fast nodes that are not ready may lose their pods, zone by zone. When all zones are down, the trouble is taken
/// to be on this side of the network, and nothing is taken from any node.
/// </summary>
/// <param name="States">The zones' states.</param>
/// <param name="Rates">Nodes a second, for zones whose rate changes.</param>
/// <param name="Spares">True when everything has just gone down: nodes that were tainted are spared.</param>
/// <param name="Forgives">True when something has just come back: every node is given its time anew.</param>
internal sealed record DisruptionPlan(
    IReadOnlyDictionary<string, ZoneState> States, IReadOnlyDictionary<string, double> Rates, bool Spares, bool Forgives)
{
    /// <summary>So many nodes may be down in any zone without its being unhealthy.</summary>
    private const int FewNodes = 2;

    /// <summary>Decides.</summary>
    /// <param name="before">The zones' states before.</param>
    /// <param name="zones">The Ready conditions of each zone's nodes; null for a node that has none.</param>
    /// <param name="config">Rates and thresholds.</param>
    public static DisruptionPlan Compute(
        IReadOnlyDictionary<string, ZoneState> before,
        IReadOnlyDictionary<string, List<NodeCondition?>> zones,
        NodeLifecycleConfig config)
    {
        Dictionary<string, ZoneState> states = zones.ToDictionary(
            static one => one.Key, one => StateOf(one.Value, config));
        bool areAllDown = states.Values.All(static one => one == ZoneState.Full);
        bool wereAllDown = zones.Keys.All(zone => before.GetValueOrDefault(zone) == ZoneState.Full);
        Dictionary<string, double> rates = [];
        if (areAllDown && wereAllDown)
        {
            return new(states, rates, false, false);
        }

        foreach ((string zone, ZoneState state) in states)
        {
            if (areAllDown)
            {
                rates[zone] = 0;
            }
            else if (wereAllDown || before.GetValueOrDefault(zone) != state)
            {
                rates[zone] = RateOf(state, zones[zone].Count, config);
            }
        }

        return new(states, rates, areAllDown, wereAllDown);
    }

    private static ZoneState StateOf(List<NodeCondition?> nodes, NodeLifecycleConfig config)
    {
        int ready = nodes.Count(static one => one is { Status: "True" });
        int others = nodes.Count - ready;
        return ready == 0 && others > 0 ? ZoneState.Full
            : others > FewNodes && (double)others / nodes.Count >= config.UnhealthyZoneThreshold ? ZoneState.Partial
            : ZoneState.Normal;
    }

    private static double RateOf(ZoneState state, int size, NodeLifecycleConfig config) => state switch
    {
        ZoneState.Partial => size > config.LargeClusterSize ? config.SecondaryEvictionRate : 0,
        _ => config.EvictionRate,
    };
}
