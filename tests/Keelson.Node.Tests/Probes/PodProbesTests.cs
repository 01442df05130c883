using Keelson.Nodes.Probes;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Probes;

public sealed class PodProbesTests
{
    /// <summary>A worker disposes of them when its pod is gone, and once more when the agent ends.</summary>
    [Fact]
    public async Task They_can_be_disposed_of_twice()
    {
        using TestNode node = new();
        PodProbes probes = new(runner: null!, events: null!, node.Context, static () => { });
        await probes.DisposeAsync();
        await probes.DisposeAsync();
    }
}
