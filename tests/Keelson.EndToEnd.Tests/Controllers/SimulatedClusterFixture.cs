using Keelson.Cluster;
using Keelson.Simulation;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>A cluster with four simulated nodes in two zones, so that pods run.</summary>
public class SimulatedClusterFixture : ClusterFixture
{
    protected override ControlPlaneConfig Configure(ControlPlaneConfig config) => config with
    {
        SimulatedNodes = new SimulatedNodesConfig
        {
            Count = 4,
            Shapes = [new SimulatedNodeShape { Cpu = "8", Memory = "32Gi", Zones = ["zone-a", "zone-b"] }],
        },
    };
}

/// <summary>The same with ten minutes a minute, for what happens at the clock's minutes.</summary>
public sealed class FastClusterFixture : SimulatedClusterFixture
{
    protected override ControlPlaneConfig Configure(ControlPlaneConfig config) =>
        base.Configure(config) with { Clock = new FastClock(10) };
}
