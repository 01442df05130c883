using System.Collections.Concurrent;

namespace Keelson.Server.Metrics;

/// <summary>What a metric's numbers mean.</summary>
internal enum MetricType
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts observations by size.</summary>
    Histogram,
}

/// <summary>How long upstream promises to keep a metric; shown at the head of its help text.</summary>
internal enum MetricStability
{
    Internal,
    Alpha,
    Beta,
    Stable,
}

/// <summary>A metric's name and meaning.</summary>
internal sealed record MetricDescription(
    string Name, string Help, MetricStability Stability, IReadOnlyList<string> Labels)
{
    /// <summary>The help text as shown: <c>[STABLE] What it counts.</c></summary>
    public string HelpText { get; } = $"[{Stability.ToString().ToUpperInvariant()}] {Help}";
}

/// <summary>A metric with all its time series.</summary>
internal abstract class MetricFamily
{
    protected MetricFamily(MetricDescription description, MetricType type)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(description.Labels.Count, LabelValues.Capacity);
        Description = description;
        Type = type;
    }

    /// <summary>Name and meaning.</summary>
    public MetricDescription Description { get; }

    /// <summary>What its numbers mean.</summary>
    public MetricType Type { get; }

    /// <summary>Writes every series.</summary>
    public abstract void Write(MetricWriter writer);

    /// <summary>Forgets every series.</summary>
    public abstract void Reset();
}

/// <summary>A family whose series are found by label values.</summary>
internal abstract class MetricFamily<TSeries>(MetricDescription description, MetricType type)
    : MetricFamily(description, type)
    where TSeries : class
{
    private readonly ConcurrentDictionary<LabelValues, TSeries> _series = new();

    /// <summary>
    /// The series with these label values, made at first use. Callers on hot paths may keep it; a reset drops it, after
    /// which what they add is lost, as with upstream's own.
    /// </summary>
    public TSeries With(params ReadOnlySpan<string> values)
    {
        if (values.Length != Description.Labels.Count)
        {
            throw new ArgumentException(
                $"{Description.Name} has {Description.Labels.Count} labels, not {values.Length}.", nameof(values));
        }

        LabelValues key = new(values);
        return _series.TryGetValue(key, out TSeries? series) ? series
            : _series.GetOrAdd(key, static (_, self) => self.Make(), this);
    }

    /// <inheritdoc/>
    public override void Write(MetricWriter writer)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        writer.Begin(this);
        foreach ((LabelValues values, TSeries series) in Sorted())
        {
            WriteSeries(writer, values, series);
        }
    }

    /// <inheritdoc/>
    public override void Reset() => _series.Clear();

    /// <summary>A new series.</summary>
    protected abstract TSeries Make();

    /// <summary>Writes one series.</summary>
    protected abstract void WriteSeries(MetricWriter writer, LabelValues values, TSeries series);

    private KeyValuePair<LabelValues, TSeries>[] Sorted()
    {
        KeyValuePair<LabelValues, TSeries>[] all = _series.ToArray();
        Array.Sort(all, static (left, right) =>
        {
            for (int i = 0; i < left.Key.Count; i++)
            {
                int order = string.CompareOrdinal(left.Key[i], right.Key[i]);
                if (order != 0)
                {
                    return order;
                }
            }

            return 0;
        });
        return all;
    }
}
