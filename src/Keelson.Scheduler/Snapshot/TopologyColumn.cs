namespace Keelson.Scheduler.Snapshot;

/// <summary>
/// The values that nodes have for one label, as small numbers: a plugin counts in arrays over values instead of maps of
/// texts.
/// </summary>
internal sealed class TopologyColumn(string key)
{
    /// <summary>The number of nodes without the label.</summary>
    public const int Absent = 0;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _values = [""];
    private readonly List<int> _users = [0];
    private readonly Stack<int> _free = new();
    private int[] _byNode = new int[64];

    /// <summary>The label.</summary>
    public string Key { get; } = key;

    /// <summary>One more than the highest number of a value.</summary>
    public int ValueLimit => _values.Count;

    /// <summary>How many values are in use.</summary>
    public int ValueCount => _ids.Count;

    /// <summary>The number of a node's value; <see cref="Absent"/> when it has none.</summary>
    public int Of(NodeInfo node) => At(node.Index);

    /// <summary>The number of the value that the node with an index has.</summary>
    public int At(int index) => index < _byNode.Length ? _byNode[index] : Absent;

    /// <summary>The text of a value.</summary>
    public string ValueOf(int id) => _values[id];

    /// <summary>The number of a value; <see cref="Absent"/> when no node has it.</summary>
    public int IdOf(string value) => _ids.GetValueOrDefault(value);

    /// <summary>How many nodes have a value.</summary>
    public int NodesOf(int id) => _users[id];

    /// <summary>Takes over a node's labels; for a node that is gone, none.</summary>
    public void Update(NodeInfo node, bool isThere)
    {
        if (node.Index >= _byNode.Length)
        {
            Array.Resize(ref _byNode, Math.Max(node.Index + 1, _byNode.Length * 2));
        }

        int before = _byNode[node.Index];
        int now = isThere && node.Labels.TryGetValue(Key, out string? value) ? IdFor(value) : Absent;
        if (now == before)
        {
            return;
        }

        _byNode[node.Index] = now;
        _users[now]++;
        if (before != Absent && --_users[before] == 0)
        {
            _ids.Remove(_values[before]);
            _free.Push(before);
        }
    }

    private int IdFor(string value)
    {
        if (_ids.TryGetValue(value, out int id))
        {
            return id;
        }

        if (_free.TryPop(out id))
        {
            _values[id] = value;
        }
        else
        {
            id = _values.Count;
            _values.Add(value);
            _users.Add(0);
        }

        _ids.Add(value, id);
        return id;
    }
}
