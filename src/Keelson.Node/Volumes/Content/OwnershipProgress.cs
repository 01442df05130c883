using System.Globalization;

namespace Keelson.Nodes.Volumes.Content;

/// <summary>Tells how far it is while the files of a volume are given to a group, if that takes long.</summary>
internal sealed class OwnershipProgress : IAsyncDisposable
{
    private const string Advice = "consider using OnRootMismatch - https://kubernetes.io/docs/tasks/"
        + "configure-pod-container/security-context/"
        + "#configure-volume-permission-and-ownership-change-policy-for-pods";

    // Upstream's firstEventReportDuration and progressReportDuration.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Further = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _done = new();
    private readonly Task _telling;
    private long _count;

    /// <summary>Begins.</summary>
    /// <param name="directory">The volume's content.</param>
    /// <param name="podUid">The pod, from which on the directory is told.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="tell">Tells people.</param>
    public OwnershipProgress(string directory, string podUid, TimeProvider clock, Action<string> tell)
    {
        int at = directory.IndexOf(podUid, StringComparison.Ordinal);
        _telling = TellAsync(at < 0 ? directory : directory[at..], clock, tell);
    }

    /// <summary>One more file is done.</summary>
    public void Count() => Interlocked.Increment(ref _count);

    /// <summary>All is done.</summary>
    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _telling;
        _done.Dispose();
    }

    private async Task TellAsync(string directory, TimeProvider clock, Action<string> tell)
    {
        try
        {
            await Task.Delay(First, clock, _done.Token);
            tell($"Setting volume ownership for {directory} is taking longer than expected, {Advice}");
            while (true)
            {
                await Task.Delay(Further, clock, _done.Token);
                tell(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Setting volume ownership for {directory}, processed {Interlocked.Read(ref _count)} files."));
            }
        }
        catch (OperationCanceledException)
        {
            // It is done.
        }
    }
}
