using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Log;
using Keelson.Store.Embedded.Watching;

namespace Keelson.Store.Embedded.Writing;

/// <summary>
/// The way of a write: queue, apply, log, sync, publish, answer. All requests that wait when the writer comes round
/// become durable with one sync. Without a log a request is done by its caller's thread, under a lock.
/// </summary>
internal sealed class CommitPipeline : IDisposable
{
    // A frame is closed once it has this many bytes, so that the first writers in it don't wait for too many others.
    private const int FrameBytesMax = 4 << 20;

    private readonly CommitGroup _group;
    private readonly LogWriter? _log;
    private readonly WatchHub _hub;
    private readonly WriteQueue _queue = new();
    private readonly List<WriteRequest> _waiting = [];
    private readonly Lock _inlineLock = new();
    private readonly long _startTimestamp;
    private volatile StoreUnavailableException? _failure;

    public CommitPipeline(CommitGroup group, LogWriter? log, WatchHub hub)
    {
        _group = group;
        _log = log;
        _hub = hub;
        _startTimestamp = group.Options.TimeProvider.GetTimestamp();
    }

    /// <summary>False for a store in memory only.</summary>
    public bool IsLogged => _log is not null;

    /// <summary>Called after each compaction, by the thread that commits.</summary>
    public Action? OnCompacted { get; set; }

    /// <summary>Milliseconds since the store was opened.</summary>
    public long NowMs => (long)_group.Options.TimeProvider.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    /// <summary>Throws if the store was closed or has failed.</summary>
    public void ThrowIfUnavailable()
    {
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    public ValueTask<TResult> SubmitAsync<TResult>(WriteRequest<TResult> request)
        where TResult : notnull
    {
        if (_failure is { } failure)
        {
            return ValueTask.FromException<TResult>(failure);
        }
        if (_log is null)
        {
            return new ValueTask<TResult>(CommitInline(request));
        }
        if (_group.Options.IsSimulated)
        {
            request.CompletesInline = true;
        }
        return _queue.TryPush(request)
            ? request.Task
            : ValueTask.FromException<TResult>(_failure ?? Unavailable("the store was closed", null));
    }

    /// <summary>Commits what waits as one group; false if nothing waits. By one thread at a time.</summary>
    public bool CommitPending()
    {
        _queue.TakeAll(_waiting);
        if (_waiting.Count == 0)
        {
            return false;
        }
        if (_failure is { } failure)
        {
            FailWaiting(failure);
            return false;
        }
        int count = 0;
        try
        {
            _group.Begin(NowMs);
            while (count < _waiting.Count && _group.Frame.Length < FrameBytesMax)
            {
                _waiting[count++].Evaluate(_group);
            }
            Store(count);
        }
        catch (Exception exception)
        {
            Fail(exception);
            return false;
        }
        for (int i = 0; i < count; i++)
        {
            _waiting[i].Complete();
        }
        _waiting.RemoveRange(0, count);
        return true;
    }

    /// <summary>Waits for requests, or to be woken.</summary>
    public void Wait()
    {
        if (_waiting.Count == 0)
        {
            _queue.Wait();
        }
    }

    public void Wake() => _queue.Wake();

    /// <summary>Takes no more requests. What was queued is committed still.</summary>
    public void Close()
    {
        _queue.Close(_waiting);
        while (_waiting.Count > 0 && CommitPending())
        {
        }
        _failure ??= Unavailable("the store was closed", null);
        _hub.Lose(_failure);
    }

    public void Dispose()
    {
        _queue.Dispose();
        _log?.Dispose();
    }

    private static StoreUnavailableException Unavailable(string message, Exception? cause) => new(message, cause);

    private TResult CommitInline<TResult>(WriteRequest<TResult> request)
        where TResult : notnull
    {
        if (_inlineLock.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException("an observer of the store must not write");
        }
        lock (_inlineLock)
        {
            _group.Begin(NowMs);
            request.Evaluate(_group);
            Publish();
        }
        return request.Result!;
    }

    private void Store(int count)
    {
        if (_group.HasRecords)
        {
            _group.Options.Failpoint?.Invoke(Failpoint.BeforeAppend);
            try
            {
                _log!.Append(_group.Frame, _group.BaseRevision);
            }
            catch (DiskFullException exception)
            {
                _group.Rollback();
                _group.Options.OnNotice?.Invoke($"the disk is full, {count} writes were refused: {exception.Message}");
                for (int i = 0; i < count; i++)
                {
                    _waiting[i].Refuse(StoreOutcome.NoSpace, _group.State.Revision);
                }
                return;
            }
            _group.Options.Failpoint?.Invoke(Failpoint.AfterAppend);
            _log.Sync();
            _group.Options.Failpoint?.Invoke(Failpoint.AfterSync);
        }
        Publish();
        _group.Options.Failpoint?.Invoke(Failpoint.AfterPublish);
    }

    private void Publish()
    {
        if (_group.State.Revision != _group.BaseRevision)
        {
            _hub.Publish(_group.Mark, _group.State.Revision);
        }
        if (_group.CompactRevision > 0)
        {
            _group.State.Index.Compact(_group.CompactRevision);
            _hub.OnCompacted(_group.CompactRevision);
            OnCompacted?.Invoke();
        }
    }

    // What the disk holds now is not known, so nothing may be promised any more.
    private void Fail(Exception cause)
    {
        StoreUnavailableException failure = Unavailable($"the store failed: {cause.Message}", cause);
        _failure = failure;
        _queue.Close(_waiting);
        try
        {
            _group.Options.OnFatal(cause);
        }
        finally
        {
            FailWaiting(failure);
            _hub.Lose(failure);
        }
    }

    private void FailWaiting(Exception failure)
    {
        foreach (WriteRequest request in _waiting)
        {
            request.Fail(failure);
        }
        _waiting.Clear();
    }
}
