namespace Keelson.Machinery.Cel;

/// <summary>A map, or an object with fields.</summary>
public abstract class CelMap : CelValue
{
    /// <inheritdoc/>
    public override string TypeName => "map";

    /// <summary>How many entries it has.</summary>
    public abstract int Count { get; }

    /// <summary>Its keys.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    /// <summary>The value of a key; null when there is none.</summary>
    public abstract CelValue? Find(CelValue key);

    /// <summary>True when there is an entry of its own for the key.</summary>
    public virtual bool Has(CelValue key) => Find(key) is not null;

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) =>
        other is CelMap map && map.Count == Count
        && Keys.All(key => map.Find(key) is { } there && Find(key)!.IsSame(there));

    /// <summary>A map with these entries.</summary>
    public static CelMap Of(IReadOnlyDictionary<string, CelValue> entries) => new CelFields(entries, null);

    /// <summary>A map that has a value for every key: those without an entry have this one.</summary>
    public static CelMap WithDefault(IReadOnlyDictionary<string, CelValue> entries, CelValue fallback) =>
        new CelFields(entries, fallback);
}

/// <summary>Entries with names.</summary>
internal sealed class CelFields(IReadOnlyDictionary<string, CelValue> entries, CelValue? fallback) : CelMap
{
    public override int Count => entries.Count;

    public override IEnumerable<CelValue> Keys => entries.Keys.Select(static one => new CelString(one));

    public override CelValue? Find(CelValue key) =>
        key is CelString name && entries.TryGetValue(name.Text, out CelValue? value) ? value : fallback;

    public override bool Has(CelValue key) => key is CelString name && entries.ContainsKey(name.Text);
}

/// <summary>Entries that an expression lists; keys are bool, int, uint or string.</summary>
internal sealed class CelEntries(List<(CelValue Key, CelValue Value)> entries) : CelMap
{
    public override int Count => entries.Count;

    public override IEnumerable<CelValue> Keys => entries.Select(static one => one.Key);

    public override CelValue? Find(CelValue key)
    {
        foreach ((CelValue own, CelValue value) in entries)
        {
            if (own.IsSame(key))
            {
                return value;
            }
        }

        return null;
    }
}
