using Keelson.Api.Kinds;

namespace Keelson.Server;

/// <summary>
/// Follows the objects of a kind for something derived from them. Changes are only noted when they happen, on the
/// store's thread; what they mean is worked out when somebody asks, once for all that came since. So a write pays next
/// to nothing, and whoever asks after a write sees it.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="lookup">Where the objects are.</param>
/// <param name="apply">Takes namespace, name and the object as it is now; null when it is gone.</param>
internal sealed class ChangeFeed<T>(IObjectLookup lookup, Action<string, string, T?> apply)
    where T : class, IKind<T>
{
    private readonly Lock _gate = new();
    private readonly Lock _applying = new();
    private HashSet<(string Namespace, string Name)> _changed = [];
    private bool _loaded;
    private volatile bool _pending = true;

    /// <summary>Starts to note changes.</summary>
    public ChangeFeed<T> Start()
    {
        lookup.ObserveNames<T>(Note);
        return this;
    }

    /// <summary>Applies what has changed; the first time, all there is.</summary>
    public void CatchUp()
    {
        if (_pending)
        {
            Apply();
        }
    }

    private void Note(string @namespace, string name)
    {
        lock (_gate)
        {
            _changed.Add((@namespace, name));
            _pending = true;
        }
    }

    // Who comes while another applies waits for it, as only then nothing is pending any more.
    private void Apply()
    {
        lock (_applying)
        {
            if (!_pending)
            {
                return;
            }

            HashSet<(string Namespace, string Name)> changed;
            lock (_gate)
            {
                changed = _changed;
                _changed = [];
            }

            if (!_loaded)
            {
                _loaded = true;
                foreach (T obj in lookup.List<T>())
                {
                    apply(obj.Metadata.Namespace, obj.Metadata.Name, obj);
                }
            }

            foreach ((string @namespace, string name) in changed)
            {
                apply(@namespace, name, lookup.Find<T>(@namespace, name));
            }

            lock (_gate)
            {
                _pending = _changed.Count > 0;
            }
        }
    }
}
