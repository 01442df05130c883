namespace Keelson.Client.Queues;

/// <summary>
/// Keys that wait to be worked on. A key is in the queue at most once; one that is added while it is being worked on
/// comes again afterwards, and never to two workers at a time. Failures come back later and later (upstream's default
/// rate limiter: 5 ms, doubled each time, at most 1000 s).
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly RetryBackoff _backoff;
    private readonly Queue<TKey> _waiting = new();
    private readonly Dictionary<TKey, long> _addedAt = [];
    private readonly HashSet<TKey> _working = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Dictionary<TKey, long> _delayed = [];
    private readonly PriorityQueue<TKey, long> _due = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly WorkQueueMetrics _metrics;
    private readonly ITimer _timer;
    private bool _closed;

    /// <summary>An empty queue.</summary>
    /// <param name="name">The name in metrics: the controller's.</param>
    /// <param name="clock">The clock for delays.</param>
    /// <param name="backoff">How failures are delayed; upstream's default when left out.</param>
    public WorkQueue(string name, TimeProvider clock, RetryBackoff? backoff = null)
    {
        _clock = clock;
        _backoff = backoff ?? RetryBackoff.Default;
        _metrics = new(name);
        _timer = clock.CreateTimer(_ => MoveDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait, those with a delay not counted.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Adds a key.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
        {
            AddLocked(key);
        }
    }

    /// <summary>Adds a key after a delay; the earlier of two delays holds.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            long due = _clock.GetTimestamp() + (long)(delay.TotalSeconds * _clock.TimestampFrequency);
            if (_delayed.TryGetValue(key, out long earlier) && earlier <= due)
            {
                return;
            }

            _delayed[key] = due;
            _due.Enqueue(key, due);
            SetTimer();
        }
    }

    /// <summary>Adds a key that failed, after a delay that grows with every failure.</summary>
    public void AddFailed(TKey key)
    {
        TimeSpan delay;
        lock (_gate)
        {
            int failures = _failures.GetValueOrDefault(key);
            _failures[key] = failures + 1;
            delay = _backoff.After(failures);
            _metrics.Retried();
        }

        AddAfter(key, delay);
    }

    /// <summary>How often a key has failed in a row.</summary>
    public int Failures(TKey key)
    {
        lock (_gate)
        {
            return _failures.GetValueOrDefault(key);
        }
    }

    /// <summary>Forgets a key's failures.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Takes the next key; <see cref="Done"/> must follow.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _ready.WaitAsync(cancellationToken);
            lock (_gate)
            {
                if (_waiting.TryDequeue(out TKey? key))
                {
                    _addedAt.Remove(key, out long added);
                    _working.Add(key);
                    _metrics.Taken(_clock.GetElapsedTime(added));
                    return key;
                }
            }
        }
    }

    /// <summary>Ends the work on a key; if it was added meanwhile, it comes again.</summary>
    /// <param name="key">The key.</param>
    /// <param name="took">How long the work took.</param>
    public void Done(TKey key, TimeSpan took)
    {
        lock (_gate)
        {
            _metrics.Done(took);
            _working.Remove(key);
            if (_addedAt.ContainsKey(key))
            {
                _waiting.Enqueue(key);
                _ready.Release();
            }
        }
    }

    /// <summary>Ends the delays; keys that are added from now on are dropped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
        }

        _timer.Dispose();
    }

    private void AddLocked(TKey key)
    {
        if (_closed || !_addedAt.TryAdd(key, _clock.GetTimestamp()))
        {
            return;
        }

        _metrics.Added();
        if (!_working.Contains(key))
        {
            _waiting.Enqueue(key);
            _ready.Release();
        }
    }

    private void MoveDue()
    {
        lock (_gate)
        {
            long now = _clock.GetTimestamp();
            while (_due.TryPeek(out TKey? key, out long due) && due <= now)
            {
                _due.Dequeue();

                // A key with two delays is in the heap twice; only the earlier one counts.
                if (_delayed.TryGetValue(key, out long wanted) && wanted == due)
                {
                    _delayed.Remove(key);
                    AddLocked(key);
                }
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (_closed || !_due.TryPeek(out _, out long due))
        {
            return;
        }

        double seconds = Math.Max(0, (double)(due - _clock.GetTimestamp()) / _clock.TimestampFrequency);
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000));
        _timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>How long a key waits after its n-th failure in a row.</summary>
/// <param name="Base">The wait after the first failure; doubled with each.</param>
/// <param name="Longest">The longest wait.</param>
public sealed record RetryBackoff(TimeSpan Base, TimeSpan Longest)
{
    /// <summary>Upstream's default: 5 ms to 1000 s.</summary>
    public static RetryBackoff Default { get; } = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000));

    /// <summary>The wait after so many failures before this one.</summary>
    public TimeSpan After(int failures)
    {
        double ticks = Base.Ticks * Math.Pow(2, Math.Min(failures, 60));
        return ticks >= Longest.Ticks ? Longest : TimeSpan.FromTicks((long)ticks);
    }
}
