using Keelson.Nodes.Bus;

namespace Keelson.Nodes.Tests.Bus;

/// <summary>Where the system's bus is.</summary>
public sealed class BusAddressTests
{
    [Theory]
    [InlineData("", "/run/dbus/system_bus_socket")]
    [InlineData("unix:path=/tmp/bus", "/tmp/bus")]
    [InlineData("tcp:host=127.0.0.1,port=1;unix:guid=12,path=/a%20b", "/a b")]
    [InlineData("unix:abstract=/tmp/bus-1,guid=12", "\0/tmp/bus-1")]
    [InlineData("unix:dir=/tmp", "/run/dbus/system_bus_socket")]
    public void The_first_socket_of_an_address_counts(string address, string socket) =>
        Assert.Equal(socket, BusAddress.SocketOf(address));
}
