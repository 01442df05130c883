using System.Collections.Immutable;
using Keelson.Api.Kinds;

namespace Keelson.Client.Informers;

/// <summary>
/// What every informer has beside its objects: indexes, callbacks, and callers that wait for a resource version. The
/// informer calls <see cref="Deliver"/> under <see cref="Gate"/>, after its own reads show the change.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed class InformerSubscribers<T>
    where T : class, IKind<T>
{
    private readonly Dictionary<string, InformerIndex<T>> _indexes = new(StringComparer.Ordinal);
    private readonly List<(long ResourceVersion, TaskCompletionSource Reached)> _waiters = [];
    private ImmutableArray<Action<T?, T?>> _callbacks = [];
    private long _reached;

    /// <summary>Guards deliveries, so that who joins late misses nothing and sees nothing twice.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Brings indexes up to date and calls back. Under <see cref="Gate"/> only.</summary>
    public void Deliver(T? old, T? now)
    {
        foreach (InformerIndex<T> index in _indexes.Values)
        {
            index.Change(old, now);
        }

        foreach (Action<T?, T?> callback in _callbacks)
        {
            callback(old, now);
        }
    }

    /// <summary>Says that everything up to a resource version has been delivered. Under <see cref="Gate"/>
    /// only.</summary>
    public void Reach(long resourceVersion)
    {
        if (resourceVersion <= _reached)
        {
            return;
        }

        Volatile.Write(ref _reached, resourceVersion);
        for (int i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].ResourceVersion <= resourceVersion)
            {
                _waiters[i].Reached.TrySetResult();
                _waiters.RemoveAt(i);
            }
        }
    }

    /// <inheritdoc cref="IInformer{T}.ReachedAsync"/>
    public ValueTask ReachedAsync(long resourceVersion, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _reached) >= resourceVersion)
        {
            return ValueTask.CompletedTask;
        }

        lock (Gate)
        {
            if (_reached >= resourceVersion)
            {
                return ValueTask.CompletedTask;
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((resourceVersion, reached));
            return new(reached.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Adds a callback, which first gets what is there.</summary>
    public void Subscribe(Action<T?, T?> changed, Func<IEnumerable<T>> present)
    {
        lock (Gate)
        {
            foreach (T obj in present())
            {
                changed(null, obj);
            }

            _callbacks = _callbacks.Add(changed);
        }
    }

    /// <summary>Adds an index, or gives the one of that name.</summary>
    public IInformerIndex<T> Index(string name, Func<T, IEnumerable<string>> keys, Func<IEnumerable<T>> present)
    {
        lock (Gate)
        {
            if (!_indexes.TryGetValue(name, out InformerIndex<T>? index))
            {
                index = new(keys);
                foreach (T obj in present())
                {
                    index.Change(null, obj);
                }

                _indexes.Add(name, index);
            }

            return index;
        }
    }
}

/// <summary>An index: for every key the objects under it.</summary>
internal sealed class InformerIndex<T>(Func<T, IEnumerable<string>> keys) : IInformerIndex<T>
    where T : class, IKind<T>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<ObjectKey, T>> _byKey = new(StringComparer.Ordinal);

    public IReadOnlyList<T> Find(string key)
    {
        lock (_gate)
        {
            return _byKey.TryGetValue(key, out Dictionary<ObjectKey, T>? found) ? [.. found.Values] : [];
        }
    }

    public void Change(T? old, T? now)
    {
        lock (_gate)
        {
            if (old is not null)
            {
                Remove(old);
            }

            if (now is null)
            {
                return;
            }

            foreach (string key in keys(now))
            {
                if (!_byKey.TryGetValue(key, out Dictionary<ObjectKey, T>? objects))
                {
                    _byKey.Add(key, objects = []);
                }

                objects[ObjectKey.Of(now)] = now;
            }
        }
    }

    private void Remove(T old)
    {
        foreach (string key in keys(old))
        {
            if (_byKey.TryGetValue(key, out Dictionary<ObjectKey, T>? objects))
            {
                objects.Remove(ObjectKey.Of(old));
                if (objects.Count == 0)
                {
                    _byKey.Remove(key);
                }
            }
        }
    }
}
