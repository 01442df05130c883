using Keelson.Api.Core.V1;
using Keelson.Nodes.Dra;
using Keelson.Nodes.Dra.Health.Protos;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Dra;

/// <summary>How devices are, over restarts of the agent.</summary>
public sealed class DeviceHealthTests
{
    [Fact]
    public void What_a_driver_told_holds_for_the_next_agent_as_long_as_it_would_have_held()
    {
        using TestNode node = new();
        string file = Path.Combine(node.DirectoryFor("state"), "dra_health_state");
        DeviceHealths Next() => new(node.Clock, new(file, node.Logged.Add));
        DeviceHealth told = new()
        {
            Device = new() { PoolName = "pool", DeviceName = "gpu-0" },
            Health = HealthStatus.Unhealthy,
            Message = "hot",
            HealthCheckTimeoutSeconds = 60,
        };
        Assert.True(Next().Take("driver", [told]));
        node.Clock.Advance(TimeSpan.FromSeconds(40));
        DeviceHealths second = Next();
        ResourceHealth kept = second.Of("driver", "pool", "gpu-0");
        Assert.Equal((ResourceHealthStatus.Unhealthy, "hot"), (kept.Health, kept.Message));
        node.Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(ResourceHealthStatus.Unknown, second.Of("driver", "pool", "gpu-0").Health);
        Assert.Equal(ResourceHealthStatus.Unknown, Next().Of("driver", "pool", "gpu-0").Health);

        File.WriteAllText(file, "{ broken");
        Assert.Equal(ResourceHealthStatus.Unknown, Next().Of("driver", "pool", "gpu-0").Health);
        Assert.Single(node.Logged);
    }
}
