using System.Collections.Concurrent;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Nodes.Volumes.Content;

namespace Keelson.Nodes.Tests.Volumes;

/// <summary>What is told while the files of a large volume are given to a group.</summary>
public sealed class OwnershipProgressTests
{
    [Fact]
    public async Task A_change_that_takes_long_is_told_with_how_far_it_is()
    {
        HeldClock clock = new();
        ConcurrentQueue<string> told = new();
        OwnershipProgress progress = new("/var/lib/kubelet/pods/uid/volumes/type/v", "uid", clock, told.Enqueue);
        Assert.Equal([TimeSpan.FromSeconds(30)], clock.Waiting);
        progress.Count();
        clock.Release();
        await UntilAsync(() => clock.Waiting.SequenceEqual([TimeSpan.FromSeconds(60)]));
        progress.Count();
        clock.Release();
        await UntilAsync(() => told.Count == 2);
        await progress.DisposeAsync();
        Assert.Equal(
            [
                "Setting volume ownership for uid/volumes/type/v is taking longer than expected, consider using "
                    + "OnRootMismatch - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"
                    + "#configure-volume-permission-and-ownership-change-policy-for-pods",
                "Setting volume ownership for uid/volumes/type/v, processed 2 files.",
            ],
            told);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 1000 && !isSo(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(isSo());
    }
}
