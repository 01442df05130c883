namespace Keelson.Scheduler.Snapshot;

/// <summary>What was found out about nodes, each for as long as its node does not change.</summary>
/// <typeparam name="T">What there is to know about a node.</typeparam>
internal sealed class PerNode<T>(NodeSnapshot snapshot)
{
    private long[] _versions = [];
    private T[] _values = [];

    /// <summary>What is known of the node with an index.</summary>
    public bool TryGet(int index, out T value)
    {
        if (index < _versions.Length && _versions[index] == snapshot.VersionAt(index))
        {
            value = _values[index];
            return true;
        }

        value = default!;
        return false;
    }

    /// <summary>Notes something about the node as it is now.</summary>
    public void Set(int index, T value)
    {
        if (index >= _versions.Length)
        {
            Array.Resize(ref _versions, snapshot.IndexLimit);
            Array.Resize(ref _values, snapshot.IndexLimit);
        }

        _versions[index] = snapshot.VersionAt(index);
        _values[index] = value;
    }
}
