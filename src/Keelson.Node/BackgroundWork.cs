namespace Keelson.Nodes;

/// <summary>Work that goes on for as long as the agent does.</summary>
internal sealed class BackgroundWork : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Starts the work; one that fails is told of, and the others go on.</summary>
    public BackgroundWork(Action<string> log, IReadOnlyList<Func<CancellationToken, Task>> works) =>
        _running = Task.WhenAll(works.Select(one => Task.Run(() => RunAsync(one, log))));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> work, Action<string> log)
    {
        try
        {
            await work(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (Exception exception)
        {
            log(exception.ToString());
        }
    }
}
