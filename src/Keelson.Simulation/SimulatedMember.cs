using Keelson.Api.Coordination.V1;
using Keelson.Client;
using Keelson.Simulation.Kubelet;

namespace Keelson.Simulation;

/// <summary>A node with what it holds.</summary>
internal sealed class SimulatedMember(
    SimulatedNode node, IApiClient client, PodAddresses addresses, SimulatedKubelet kubelet)
{
    public SimulatedNode Node { get; } = node;

    public SimulatedKubelet Kubelet { get; } = kubelet;

    public IApiClient Client { get; } = client;

    public PodAddresses Addresses { get; } = addresses;

    public SimulatedFiles Files { get; } = new();

    public Lease? Lease { get; set; }

    public DateTimeOffset ReportedAt { get; set; }

    public TimeSpan RenewalOffset { get; set; }
}
