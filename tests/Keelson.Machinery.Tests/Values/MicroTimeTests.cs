using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Tests.Values;

public sealed class MicroTimeTests
{
    [Theory]
    [InlineData("2024-01-02T03:04:05Z", "cannot parse \"Z\" as \".000000\"")]
    [InlineData("2024-01-02T03:04:05.123Z", "cannot parse \".123Z\" as \".000000\"")]
    [InlineData("2024-01-02T03:04:05.1234567Z", "cannot parse \"7Z\" as \"Z07:00\"")]
    public void Six_decimals_are_a_must(string text, string expected)
    {
        DecodeException error = Assert.Throws<DecodeException>(
            () => new JsonDecoder(System.Text.Encoding.UTF8.GetBytes($"\"{text}\"")).ReadMicroTime());
        Assert.Equal($"parsing time \"{text}\" as \"2006-01-02T15:04:05.000000Z07:00\": {expected}", error.Message);
    }

    [Fact]
    public void Any_offset_will_do()
    {
        Assert.True(MicroTime.TryParse("2024-01-02T03:04:05.000001+01:00", out MicroTime time));
        Assert.Equal("2024-01-02T02:04:05.000001Z", time.ToString());
    }
}
