namespace Keelson.Controllers.NodeLifecycle;

/// <summary>Nodes of a zone that wait for their taint, of which so many a second get it. One thread uses it.</summary>
/// <param name="rate">Nodes a second.</param>
internal sealed class ZoneQueue(double rate)
{
    private readonly Queue<string> _nodes = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private double _rate = rate;
    private double _tokens = 1;
    private DateTimeOffset? _filledAt;

    /// <summary>Adds a node that does not wait yet.</summary>
    public void Add(string node)
    {
        if (_waiting.Add(node))
        {
            _nodes.Enqueue(node);
        }
    }

    /// <summary>Takes a node out.</summary>
    public void Remove(string node) => _waiting.Remove(node);

    /// <summary>Changes the rate; what has gathered until then is kept, but for a rate of none.</summary>
    public void SetRate(double nodesPerSecond)
    {
        _tokens = nodesPerSecond <= 0 ? 0 : _rate <= 0 ? 1 : _tokens;
        _rate = nodesPerSecond;
    }

    /// <summary>The next node whose turn it is; null when it is nobody's.</summary>
    public string? Next(DateTimeOffset now)
    {
        _tokens = Math.Min(1, _tokens + (_rate * (now - (_filledAt ?? now)).TotalSeconds));
        _filledAt = now;
        while (_nodes.TryPeek(out string? node))
        {
            if (!_waiting.Contains(node))
            {
                _nodes.Dequeue();
                continue;
            }

            if (_tokens < 1 || _rate <= 0)
            {
                return null;
            }

            _tokens -= 1;
            _nodes.Dequeue();
            _waiting.Remove(node);
            return node;
        }

        return null;
    }
}
