using Keelson.Cluster;
using Keelson.Simulation;

namespace Keelson.EndToEnd.Tests.Controllers;

/// <summary>A cluster with four simulated nodes in two zones, so that pods run.</summary>
public sealed class SimulatedClusterFixture : ClusterFixture
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
