using Keelson.Api.Meta.V1;
using Keelson.Client.Informers;
using Keelson.Api.Kinds;

namespace Keelson.Client.Queues;

/// <summary>What came of looking at a key.</summary>
public readonly record struct Reconciled
{
    /// <summary>All is as it should be.</summary>
    public static Reconciled Done => default;

    /// <summary>All is as it should be for now; look again after a while.</summary>
    public static Reconciled Again(TimeSpan after) => new() { After = after };

    /// <summary>Something was refused; look again, later after every failure.</summary>
    public static Reconciled Failed(Status error) => new() { Error = error };

    /// <summary>When to look again; null for not before something changes.</summary>
    public TimeSpan? After { get; private init; }

    /// <summary>What was refused; null when nothing was.</summary>
    public Status? Error { get; private init; }

    /// <summary>The error, if there is one, else done.</summary>
    public static Reconciled Of(Status? error) => error is null ? Done : Failed(error);
}

/// <summary>What a loop is made of.</summary>
public sealed record ReconcileLoopConfig
{
    /// <summary>The controller's name; metrics and logs carry it.</summary>
    public required string Name { get; init; }

    /// <summary>Keys worked on side by side.</summary>
    public int Workers { get; init; } = 5;

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>How failures are delayed.</summary>
    public RetryBackoff Backoff { get; init; } = RetryBackoff.Default;

    /// <summary>Where failures are told.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>
/// Looks at keys whenever something about them changed, until they are as they should be. Before a key is looked at
/// again, the informers have caught up with what was written for it the last time, so a decision never rests on a
/// picture without the loop's own writes (upstream keeps expectations for this).
/// </summary>
public sealed class ReconcileLoop : IDisposable
{
    /// <summary>When a write has not come back by then, it is no longer waited for (upstream's expectations time out
    /// so).</summary>
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromMinutes(5);

    private readonly ReconcileLoopConfig _config;
    private readonly IApiClient _client;
    private readonly Func<ObjectKey, IApiClient, CancellationToken, Task<Reconciled>> _reconcile;
    private readonly WorkQueue<ObjectKey> _queue;
    private readonly OwnWrites<ObjectKey> _writes;

    /// <summary>A loop that does not run yet.</summary>
    /// <param name="config">Name, workers, clock.</param>
    /// <param name="client">The identity to write with.</param>
    /// <param name="reconcile">
    /// Looks at a key and writes what is needed through the client it is given. It must bear being called at any time.
    /// </param>
    public ReconcileLoop(
        ReconcileLoopConfig config,
        IApiClient client,
        Func<ObjectKey, IApiClient, CancellationToken, Task<Reconciled>> reconcile)
    {
        _config = config;
        _client = client;
        _reconcile = reconcile;
        _queue = new(config.Name, config.Clock, config.Backoff);
        _writes = new();
    }

    /// <summary>Looks at a key soon.</summary>
    public void Add(ObjectKey key) => _queue.Add(key);

    /// <summary>Looks at a key after a while.</summary>
    public void AddAfter(ObjectKey key, TimeSpan delay) => _queue.AddAfter(key, delay);

    /// <summary>
    /// Looks at the keys that a change of a kind concerns, and lets decisions wait until this informer shows their
    /// writes.
    /// </summary>
    /// <param name="informer">The kind's informer.</param>
    /// <param name="keys">(old or null, new or null) → the keys; pure and quick.</param>
    public ReconcileLoop On<T>(IInformer<T> informer, Func<T?, T?, IEnumerable<ObjectKey>> keys)
        where T : class, IKind<T>
    {
        Reads(informer);
        informer.Subscribe((old, now) =>
        {
            foreach (ObjectKey key in keys(old, now))
            {
                _queue.Add(key);
            }
        });
        return this;
    }

    /// <summary>Looks at an object whenever it changes.</summary>
    public ReconcileLoop On<T>(IInformer<T> informer)
        where T : class, IKind<T> => On(informer, static (old, now) => [ObjectKey.Of((now ?? old)!)]);

    /// <summary>Says that decisions read a kind, so that they wait until its informer shows the loop's own
    /// writes.</summary>
    public ReconcileLoop Reads<T>(IInformer<T> informer)
        where T : class, IKind<T>
    {
        _writes.Follow(KindOf<T>.Kind.Info, informer.ReachedAsync, informer.Synced);
        return this;
    }

    /// <summary>Works until cancelled; ends when the keys that were being worked on are done.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _writes.SyncedAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, _config.Workers).Select(_ => Task.Run(() => WorkAsync(cancellationToken), CancellationToken.None)));
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                ObjectKey key = await _queue.TakeAsync(cancellationToken);
                long started = _config.Clock.GetTimestamp();
                try
                {
                    await LookAtAsync(key, cancellationToken);
                }
                finally
                {
                    _queue.Done(key, _config.Clock.GetElapsedTime(started));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task LookAtAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        await _writes.CaughtUpAsync(key, LongestCatchUp, _config.Clock, cancellationToken);
        Reconciled result;
        try
        {
            result = await _reconcile(key, new NotedClient<ObjectKey>(_client, _writes, key), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A defect of one controller must not stop the others; it shows in the log until it is mended.
            _config.Log($"{_config.Name}: {key}: {exception}");
            _queue.AddFailed(key);
            return;
        }

        if (result.Error is { } error)
        {
            if (error.Code is not (409 or 404))
            {
                _config.Log($"{_config.Name}: {key}: {error.Message}");
            }

            _queue.AddFailed(key);
            return;
        }

        _queue.Forget(key);
        if (result.After is { } after)
        {
            _queue.AddAfter(key, after);
        }
    }
}
