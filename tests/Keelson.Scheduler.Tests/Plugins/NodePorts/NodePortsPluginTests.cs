using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Tests.Plugins.NodePorts;

public sealed class NodePortsPluginTests
{
    [Theory]
    [InlineData("0.0.0.0 TCP 80", "0.0.0.0 TCP 80", true)]
    [InlineData("127.0.0.1 TCP 80", "0.0.0.0 TCP 80", true)]
    [InlineData("127.0.0.1 TCP 80", "10.0.0.1 TCP 80", false)]
    [InlineData("0.0.0.0 TCP 80", "0.0.0.0 UDP 80", false)]
    [InlineData("0.0.0.0 TCP 80", "0.0.0.0 TCP 81", false)]
    public void Ports_conflict_on_the_same_address_or_on_all(string left, string right, bool conflict) =>
        Assert.Equal(conflict, Port(left).ConflictsWith(Port(right)));

    private static HostPort Port(string text)
    {
        string[] parts = text.Split(' ');
        return new(parts[0], parts[1], int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
    }
}
