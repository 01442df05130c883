using System.Collections.Concurrent;
using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Cycle;

/// <summary>What reaches the scheduling loop from outside.</summary>
/// <param name="Resource">What changed; not for a message that is an action.</param>
/// <param name="Old">The object before.</param>
/// <param name="Now">The object after.</param>
/// <param name="Run">An action instead.</param>
internal readonly record struct LoopMessage(EventResource Resource, object? Old, object? Now, Action? Run = null);

/// <summary>
/// The way into the scheduling loop, which alone holds state: changes of objects in the order of their informers, and
/// results of work that went on elsewhere.
/// </summary>
internal sealed class LoopInbox
{
    private readonly ConcurrentQueue<LoopMessage> _messages = new();
    private TaskCompletionSource? _waiting;

    /// <summary>True when nothing is there.</summary>
    public bool IsEmpty => _messages.IsEmpty;

    /// <summary>An object changed.</summary>
    public void Changed(EventResource resource, object? old, object? now) => Add(new(resource, old, now));

    /// <summary>Something to do between two pods.</summary>
    public void Post(Action run) => Add(new(EventResource.Any, null, null, run));

    /// <summary>Takes the next message.</summary>
    public bool TryTake(out LoopMessage message) => _messages.TryDequeue(out message);

    /// <summary>Waits until something is there, or for so long.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _waiting, waiting);

        // Between the look and the wait somebody may have come: who comes after this line sees the waiter.
        Interlocked.MemoryBarrier();
        if (!_messages.IsEmpty)
        {
            return;
        }

        try
        {
            await waiting.Task.WaitAsync(atMost, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time for what waits in the queue.
        }
    }

    private void Add(LoopMessage message)
    {
        _messages.Enqueue(message);
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _waiting)?.TrySetResult();
    }
}
