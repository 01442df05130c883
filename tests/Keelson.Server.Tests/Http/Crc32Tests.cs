using Keelson.Server.Http;

namespace Keelson.Server.Tests.Http;

public sealed class Crc32Tests
{
    [Fact]
    public void The_sum_is_the_one_of_gzip() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(70_001)]
    public void Sums_of_parts_join_to_the_sum_of_the_whole(int secondLength)
    {
        byte[] whole = new byte[1000 + secondLength];
        new Random(7).NextBytes(whole);
        uint joined = Crc32.Join(Crc32.Of(whole.AsSpan(0, 1000)), Crc32.Of(whole.AsSpan(1000)), secondLength);
        Assert.Equal(Crc32.Of(whole), joined);
    }
}
