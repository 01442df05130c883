using Keelson.Nodes.Devices;

namespace Keelson.Nodes.Tests.Devices;

/// <summary>Which devices a container gets, and what the plugin is asked for that.</summary>
public sealed class DevicePickTests
{
    // Named by the NUMA node that they are close to; x is close to none.
    private static readonly KnownDevice[] Free =
    [
        new("a0", true, [0]), new("b0", true, [0]), new("c0", true, [0]), new("a1", true, [1]), new("x", true, []),
    ];

    [Theory]
    [InlineData(2, "", "", "", "a0 a1", "a0 a1 b0 c0 x|", "nobody was placed")]
    [InlineData(2, "c0", "1", "", "a1 c0", "a0 a1 b0 c0 x|a1", "all that is close is taken, then the plugin chooses")]
    [InlineData(2, "c0 a1", "0", "", "a0 c0", "a0 b0 c0|", "the plugin chooses only among what is close")]
    [InlineData(3, "", "0", "", "a0 b0 c0", "", "there is no choice")]
    [InlineData(1, "b0", "", "r s", "r", "", "what init containers had does")]
    [InlineData(3, "b0", "0", "r s", "b0 r s", "a0 b0 c0 r s|r s", "it is taken first, and what is close is left")]
    [InlineData(4, "", "1", "", "a0 a1 b0 c0", "a0 a1 b0 c0 x|a1", "what is close to no node comes last")]
    public async Task Devices_are_chosen_as_upstream_chooses(
        int count, string preferred, string close, string reusable, string expected, string asked, string why)
    {
        string question = "";
        DeviceWish wish = new("example.com/dev", count)
        {
            Free = Free,
            Reusable = Words(reusable),
            IsClose = close.Length == 0 ? null : one => one.Id.EndsWith(close[0]),
        };
        (IReadOnlyList<string> ids, string? error) = await DevicePick.OfAsync(wish, (available, included) =>
        {
            question = string.Join(' ', available.Order(StringComparer.Ordinal)) + "|"
                + string.Join(' ', included.Order(StringComparer.Ordinal));
            return Task.FromResult<IReadOnlyCollection<string>>(Words(preferred));
        });
        Assert.Null(error);
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
        Assert.True(asked == question, $"{why}: {question}");
    }

    [Fact]
    public async Task Too_few_devices_are_told_without_those_that_are_used_again()
    {
        DeviceWish wish = new("example.com/dev", 7) { Free = Free, Reusable = ["r"] };
        (IReadOnlyList<string> ids, string? error) =
            await DevicePick.OfAsync(wish, static (_, _) => throw new InvalidOperationException("nobody is asked"));
        Assert.Empty(ids);
        Assert.Equal(
            "requested number of devices unavailable for example.com/dev. Requested: 6, Available: 5", error);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
