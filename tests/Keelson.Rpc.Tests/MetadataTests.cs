namespace Keelson.Rpc.Tests;

public sealed class MetadataTests
{
    [Fact]
    public void Binary_values_are_read_with_and_without_padding_and_when_joined()
    {
        var metadata = new RpcMetadata();
        metadata.AddReceived("A-Bin", "AQI=");
        metadata.AddReceived("b-bin", "AQI,Aw==");

        Assert.True(metadata.TryGetBinary("a-bin", out byte[]? padded));
        Assert.True(metadata.TryGetBinary("b-bin", out byte[]? bare));
        Assert.Equal([1, 2], padded);
        Assert.Equal([1, 2], bare);
        Assert.Equal(["a-bin", "b-bin", "b-bin"], metadata.Select(entry => entry.Key));
    }

    [Fact]
    public void Names_of_the_protocol_are_neither_taken_nor_passed_on()
    {
        var metadata = new RpcMetadata();
        metadata.AddReceived("grpc-status", "0");
        metadata.AddReceived("content-type", "application/grpc");

        Assert.Empty(metadata);
        Assert.Throws<ArgumentException>(() => metadata.Add("grpc-timeout", "1S"));
        Assert.Throws<ArgumentException>(() => metadata.Add("te", "trailers"));
    }

    [Theory]
    [InlineData("Upper", "x")]
    [InlineData("a b", "x")]
    [InlineData("", "x")]
    [InlineData("name", "line\nbreak")]
    [InlineData("name", "ä")]
    [InlineData("name-bin", "text")]
    public void What_cannot_travel_is_refused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new RpcMetadata().Add(name, value));
}
