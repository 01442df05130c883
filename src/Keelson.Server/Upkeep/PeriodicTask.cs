namespace Keelson.Server.Upkeep;

/// <summary>
/// Something the server sees to again and again: at the start, at an interval, and when something happened that it is
/// about. What fails is told of once, and tried again at the next turn.
/// </summary>
internal sealed class PeriodicTask : IAsyncDisposable
{
    private readonly string _name;
    private readonly TimeSpan _interval;
    private readonly Func<CancellationToken, Task> _turn;
    private readonly Func<Task>? _end;
    private readonly ApiServerConfig _config;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _worker;
    private string _failure = "";

    /// <summary>Starts.</summary>
    /// <param name="name">What the log calls it.</param>
    /// <param name="interval">The time between two turns.</param>
    /// <param name="turn">One turn.</param>
    /// <param name="config">Clock and log.</param>
    /// <param name="end">What is left to do when the server ends; null for nothing.</param>
    public PeriodicTask(
        string name, TimeSpan interval, Func<CancellationToken, Task> turn, ApiServerConfig config, Func<Task>? end = null)
    {
        (_name, _interval, _turn, _config, _end) = (name, interval, turn, config, end);
        _worker = Task.Run(RunAsync);
    }

    /// <summary>Completes after the first turn, well or not.</summary>
    public Task First => _first.Task;

    /// <summary>Makes the next turn come at once.</summary>
    public void Wake()
    {
        // One call that nobody has answered yet is as good as many.
        lock (_wake)
        {
            if (_wake.CurrentCount == 0 && !_stop.IsCancellationRequested)
            {
                _wake.Release();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker;
        _stop.Dispose();
        if (_end is not null)
        {
            await TryAsync(_ => _end());
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await TryAsync(_turn);
            _first.TrySetResult();
            await WaitAsync();
        }
    }

    private async Task WaitAsync()
    {
        using CancellationTokenSource due = new(_interval, _config.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, _stop.Token);
        try
        {
            await _wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // It is time, or the end.
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> act)
    {
        try
        {
            await act(_stop.IsCancellationRequested ? CancellationToken.None : _stop.Token);
            _failure = "";
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (Exception exception)
        {
            if (exception.Message != _failure)
            {
                _failure = exception.Message;
                _config.Log($"{_name}: {exception.Message}");
            }
        }
    }
}
