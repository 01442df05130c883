using Keelson.Store.Embedded.Index;
using Keelson.Store.Embedded.Watching;
using Keelson.Store.Embedded.Writing;

namespace Keelson.Store.Embedded;

/// <summary>
/// The store's own threads and its clock: the writer, which commits and prunes; one for a snapshot while it is written;
/// a timer for leases, retention and progress. In a simulation there are none, and the simulation calls the steps.
/// </summary>
internal sealed class StoreUpkeep
{
    // etcd looks for expired leases twice a second, and revokes at most 1000 of them a second.
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(500);
    private const int ExpiredLeasesMax = 500;

    private readonly StoreState _state;
    private readonly EmbeddedStoreOptions _options;
    private readonly CommitPipeline _pipeline;
    private readonly WatchHub _hub;
    private readonly Compactor _compactor;
    private readonly RetentionPolicy _retention;
    private readonly ITimer? _timer;
    private readonly Task _writer = Task.CompletedTask;
    private readonly bool _isLogged;
    private Task _snapshotting = Task.CompletedTask;
    private SnapshotJob? _simulatedJob;
    private long _progressAtMs;
    private int _isTicking;
    private volatile bool _isStopping;

    public StoreUpkeep(
        StoreState state, EmbeddedStoreOptions options, CommitPipeline pipeline, WatchHub hub, Compactor compactor)
    {
        _state = state;
        _options = options;
        _pipeline = pipeline;
        _hub = hub;
        _compactor = compactor;
        _retention = new RetentionPolicy(options.HistoryRetention);
        _progressAtMs = (long)options.ProgressInterval.TotalMilliseconds;
        _isLogged = pipeline.IsLogged;
        pipeline.OnCompacted = OnCompacted;
        if (options.IsSimulated)
        {
            return;
        }
        if (_isLogged)
        {
            _writer = StartThread("store writer", Write);
        }
        _timer = options.TimeProvider.CreateTimer(_ => Tick(), null, TickInterval, TickInterval);
    }

    /// <summary>In a simulation: the snapshot being written.</summary>
    public SnapshotJob? SimulatedJob => _simulatedJob;

    public void ThrowIfUnavailable() => _pipeline.ThrowIfUnavailable();

    /// <summary>One round of the writer; false if there was nothing to do.</summary>
    public bool WriteOnce()
    {
        bool hasCommitted = _pipeline.CommitPending();
        bool hasMore = _compactor.Step();
        return hasCommitted || hasMore;
    }

    /// <summary>Revokes leases that have run out, compacts history that is old enough, sends progress.</summary>
    public void Tick()
    {
        // A tick that comes while the last one is still at work has nothing to add.
        if (_isStopping || Interlocked.Exchange(ref _isTicking, 1) == 1)
        {
            return;
        }
        try
        {
            long nowMs = _pipeline.NowMs;
            foreach (long id in _state.Leases.TakeExpired(nowMs, ExpiredLeasesMax))
            {
                _ = RevokeAsync(id);
            }
            long compactTo = Math.Max(_retention.Advance(nowMs, _state.ReadableRevision), ExcessRevision());
            if (compactTo > _state.Index.CompactRevision)
            {
                _ = SubmitAsync(new CompactRequest(compactTo));
            }
            if (nowMs >= _progressAtMs)
            {
                _progressAtMs = nowMs + (long)_options.ProgressInterval.TotalMilliseconds;
                _hub.RequestProgress(onlyPeriodic: true);
            }
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    /// <summary>Writes a snapshot now if that gives space back, and waits until none is being written.</summary>
    public Task SnapshotAsync()
    {
        BeginSnapshot(isForced: true);
        return _snapshotting;
    }

    /// <summary>Ends the threads. What was queued is committed still.</summary>
    public async Task StopAsync()
    {
        if (_isStopping)
        {
            return;
        }
        _isStopping = true;
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }
        _pipeline.Wake();
        await _writer.ConfigureAwait(false);
        _pipeline.Close();
        _simulatedJob?.Abandon();
        await _snapshotting.ConfigureAwait(false);
    }

    private static Task StartThread(string name, Action run)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            run();
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return ended.Task;
    }

    private void Write()
    {
        try
        {
            while (!_isStopping)
            {
                if (!WriteOnce())
                {
                    _pipeline.Wait();
                }
            }
        }
        catch (Exception exception)
        {
            _options.OnFatal(exception);
        }
    }

    private void OnCompacted()
    {
        _compactor.Begin();
        if (!_isLogged)
        {
            // In memory there is no writer to come round; the caller is it.
            _compactor.Finish();
        }
        BeginSnapshot(isForced: false);
    }

    private void BeginSnapshot(bool isForced)
    {
        if (_compactor.TryBeginSnapshot(isForced) is not { } job)
        {
            return;
        }
        if (_options.IsSimulated)
        {
            _simulatedJob = job;
            return;
        }
        _snapshotting = StartThread("store snapshot", () =>
        {
            while (!_isStopping && job.Step())
            {
            }
            job.Abandon();
            _pipeline.Wake();
        });
    }

    // History that takes too much memory is halved, however young it is.
    private long ExcessRevision() =>
        _options.HistoryBytesMax > 0 && _state.Index.HistoryBytes > _options.HistoryBytesMax
            ? _state.Index.CompactRevision + ((_state.ReadableRevision - _state.Index.CompactRevision) / 2)
            : 0;

    private async Task RevokeAsync(long id)
    {
        if (!await SubmitAsync(new LeaseRevokeRequest(id)).ConfigureAwait(false))
        {
            _state.Leases.Requeue(id, _pipeline.NowMs);
        }
    }

    // False if the request is to be made again: there was no room to log it.
    private async Task<bool> SubmitAsync<TResult>(WriteRequest<TResult> request)
        where TResult : notnull
    {
        try
        {
            TResult result = await _pipeline.SubmitAsync(request).ConfigureAwait(false);
            return result is not LeaseResult { Outcome: StoreOutcome.NoSpace };
        }
        catch (StoreUnavailableException)
        {
            // The store is closing or has failed, which its callers learn from their own requests.
            return true;
        }
    }
}
