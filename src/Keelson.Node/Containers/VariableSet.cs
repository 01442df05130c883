namespace Keelson.Nodes.Containers;

/// <summary>
/// Variables in the order in which they were set first; a later value takes the place of an earlier one. Those of
/// services come last, where nothing else has their names.
/// </summary>
internal sealed class VariableSet(SortedDictionary<string, string> services)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>
    /// What a reference to a name stands for: what was set so far, else a service's; null for neither.
    /// </summary>
    public string? Find(string name) =>
        _values.TryGetValue(name, out string? value) ? value : services.GetValueOrDefault(name);

    /// <summary>Sets a variable.</summary>
    public void Set(string name, string value)
    {
        if (_values.TryAdd(name, value))
        {
            _order.Add(name);
        }
        else
        {
            _values[name] = value;
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> InOrder() =>
    [
        .. _order.Select(name => KeyValuePair.Create(name, _values[name])),
        .. services.Where(one => !_values.ContainsKey(one.Key)),
    ];
}
