using System.Collections.Concurrent;

namespace Keelson.Server.Metrics;

/// <summary>A set of metrics, and the numbers that are looked up when somebody asks.</summary>
internal sealed class MetricRegistry
{
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Action> _collectors = new();

    /// <summary>The metrics, sorted by name.</summary>
    public IReadOnlyList<MetricFamily> Families =>
        [.. _families.Values.OrderBy(one => one.Description.Name, StringComparer.Ordinal)];

    /// <summary>Adds a counter.</summary>
    public CounterFamily Counter(string name, MetricStability stability, string help, params string[] labels) =>
        Add(new CounterFamily(new MetricDescription(name, help, stability, labels)));

    /// <summary>Adds a gauge.</summary>
    public GaugeFamily Gauge(string name, MetricStability stability, string help, params string[] labels) =>
        Add(new GaugeFamily(new MetricDescription(name, help, stability, labels)));

    /// <summary>Adds a histogram.</summary>
    public HistogramFamily Histogram(
        string name, MetricStability stability, string help, double[] bounds, params string[] labels) =>
        Add(new HistogramFamily(new MetricDescription(name, help, stability, labels), bounds));

    /// <summary>Runs before each answer, to set what is counted elsewhere.</summary>
    public void OnCollect(Action collect) => _collectors.Enqueue(collect);

    /// <summary>Everything as text.</summary>
    public byte[] Write(bool isOpenMetrics)
    {
        foreach (Action collect in _collectors)
        {
            collect();
        }

        MetricWriter writer = new(isOpenMetrics);
        foreach (MetricFamily family in Families)
        {
            family.Write(writer);
        }

        return writer.ToBytes();
    }

    private T Add<T>(T family)
        where T : MetricFamily =>
        _families.TryAdd(family.Description.Name, family) ? family
            : throw new InvalidOperationException($"The metric {family.Description.Name} exists already.");
}
