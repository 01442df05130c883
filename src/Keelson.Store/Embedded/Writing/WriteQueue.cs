namespace Keelson.Store.Embedded.Writing;

/// <summary>Requests on their way to the writer: many push without a lock, one takes them all.</summary>
internal sealed class WriteQueue : IDisposable
{
    private static readonly WriteRequest Closed = new ClosedMark();
    private readonly AutoResetEvent _wake = new(false);
    private WriteRequest? _newest;
    private int _isAsleep;

    /// <summary>Adds a request; false if the queue is closed.</summary>
    public bool TryPush(WriteRequest request)
    {
        WriteRequest? newest = Volatile.Read(ref _newest);
        while (newest != Closed)
        {
            request.QueuedBefore = newest;
            WriteRequest? seen = Interlocked.CompareExchange(ref _newest, request, newest);
            if (seen == newest)
            {
                WakeIfAsleep();
                return true;
            }
            newest = seen;
        }
        return false;
    }

    /// <summary>Moves all requests, oldest first, to the list's end.</summary>
    public void TakeAll(List<WriteRequest> requests)
    {
        WriteRequest? newest = Volatile.Read(ref _newest);
        while (newest is not null && newest != Closed)
        {
            WriteRequest? seen = Interlocked.CompareExchange(ref _newest, null, newest);
            if (seen == newest)
            {
                Append(newest, requests);
                return;
            }
            newest = seen;
        }
    }

    /// <summary>Takes no more requests; hands out those that nobody took.</summary>
    public void Close(List<WriteRequest> remaining)
    {
        WriteRequest? last = Interlocked.Exchange(ref _newest, Closed);
        if (last != Closed)
        {
            Append(last, remaining);
        }
        Wake();
    }

    /// <summary>Waits until there may be something to do.</summary>
    public void Wait()
    {
        Interlocked.Exchange(ref _isAsleep, 1);
        if (Volatile.Read(ref _newest) is null)
        {
            _wake.WaitOne();
        }
        Volatile.Write(ref _isAsleep, 0);
    }

    /// <summary>Ends a wait: the one there is, or else the next.</summary>
    public void Wake() => _wake.Set();

    public void Dispose() => _wake.Dispose();

    // The writer says that it sleeps before it looks for requests once more, so one of the two sees the other.
    private void WakeIfAsleep()
    {
        if (Volatile.Read(ref _isAsleep) == 1 && Interlocked.Exchange(ref _isAsleep, 0) == 1)
        {
            _wake.Set();
        }
    }

    private static void Append(WriteRequest? newest, List<WriteRequest> requests)
    {
        int first = requests.Count;
        for (WriteRequest? request = newest; request is not null;)
        {
            requests.Add(request);
            WriteRequest? before = request.QueuedBefore;
            request.QueuedBefore = null;
            request = before;
        }
        requests.Reverse(first, requests.Count - first);
    }

    private sealed class ClosedMark : WriteRequest
    {
        public override bool CompletesInline
        {
            set => throw new InvalidOperationException();
        }

        public override void Evaluate(CommitGroup group) => throw new InvalidOperationException();

        public override void Refuse(StoreOutcome outcome, long revision) => throw new InvalidOperationException();

        public override void Complete() => throw new InvalidOperationException();

        public override void Fail(Exception exception) => throw new InvalidOperationException();
    }
}
