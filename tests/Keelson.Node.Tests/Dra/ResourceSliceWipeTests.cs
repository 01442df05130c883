using Keelson.Nodes.Dra;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Dra;

/// <summary>When devices that can't be prepared are taken out of what the scheduler sees.</summary>
public sealed class ResourceSliceWipeTests : IDisposable
{
    private readonly TestNode _node = new();

    [Fact]
    public async Task Slices_of_a_driver_that_is_away_are_deleted_unless_it_comes_back_in_time()
    {
        HeldClock clock = new();
        ResourceSliceWipe wipe = new(_node.Context with { Clock = clock });
        using CancellationTokenSource stop = new();
        await wipe.RunAsync(Task.CompletedTask, stop.Token);
        wipe.Take("back.example.com", false);
        await UntilAsync(() => clock.Waiting.Any());
        wipe.Take("back.example.com", true);
        wipe.Take("gone.example.com", false);
        wipe.Take("gone.example.com", false);
        await UntilAsync(() => clock.Waiting.Count(static one => one == TimeSpan.FromSeconds(30)) == 1);
        clock.Release();
        await UntilAsync(() => _node.Api.WipedSelectors.Count == 2);
        Assert.Equal(
            ["spec.nodeName=one", "spec.nodeName=one,spec.driver=gone.example.com"], _node.Api.WipedSelectors);
        await stop.CancelAsync();
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 1000 && !isSo(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(isSo());
    }

    public void Dispose() => _node.Dispose();
}
