using System.Threading.Channels;

namespace Keelson.Nodes.Pods;

/// <summary>Wakes who waits; any number of calls until then count as one.</summary>
internal sealed class WakeUps(TimeProvider clock)
{
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Calls.</summary>
    public void Call() => _calls.Writer.TryWrite(true);

    /// <summary>Waits for a call.</summary>
    /// <returns>False when none came in that time.</returns>
    public async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(time, clock);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _calls.Reader.ReadAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Completes when there is a call to <see cref="Take"/>.</summary>
    public Task SeenAsync(CancellationToken cancellationToken) =>
        _calls.Reader.WaitToReadAsync(cancellationToken).AsTask();

    /// <summary>Takes a call, if there is one.</summary>
    public void Take() => _calls.Reader.TryRead(out _);
}
