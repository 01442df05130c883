using System.Threading.Tasks.Sources;

namespace Keelson.Store.Embedded.Writing;

/// <summary>Something that the writer is asked to do; its caller waits for the outcome.</summary>
internal abstract class WriteRequest
{
    /// <summary>The request that was queued before; the queue is a linked list.</summary>
    public WriteRequest? QueuedBefore { get; set; }

    /// <summary>The caller goes on in <see cref="Complete"/>, on the writer's thread: in simulations.</summary>
    public abstract bool CompletesInline { set; }

    /// <summary>Does it, and keeps the outcome. By the writer.</summary>
    public abstract void Evaluate(CommitGroup group);

    /// <summary>Replaces the outcome: the group it was part of was taken back.</summary>
    public abstract void Refuse(StoreOutcome outcome, long revision);

    /// <summary>Lets the caller have the outcome.</summary>
    public abstract void Complete();

    /// <summary>Lets the caller have an exception.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A request with the type of its outcome. The caller goes on on the thread pool, not on the writer.</summary>
internal abstract class WriteRequest<TResult> : WriteRequest, IValueTaskSource<TResult>
    where TResult : notnull
{
    private ManualResetValueTaskSourceCore<TResult> _source = new() { RunContinuationsAsynchronously = true };

    public override bool CompletesInline
    {
        set => _source.RunContinuationsAsynchronously = !value;
    }

    /// <summary>The outcome, once evaluated.</summary>
    public TResult? Result { get; protected set; }

    public ValueTask<TResult> Task => new(this, _source.Version);

    public override void Complete() => _source.SetResult(Result!);

    public override void Fail(Exception exception) => _source.SetException(exception);

    public TResult GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
