using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Metrics;

/// <summary>Metrics that are served together.</summary>
internal sealed class MetricSet
{
    /// <summary>The buckets that Prometheus' libraries have by default, in seconds.</summary>
    public static readonly double[] UsualBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly List<Metric> _all = [];
    private readonly List<Action> _before = [];
    private readonly Lock _gate = new();

    /// <summary>A number that only grows.</summary>
    /// <param name="name">Upstream's name.</param>
    /// <param name="help">What it tells.</param>
    /// <param name="labels">Its labels, in alphabetical order.</param>
    public NumberMetric Counter(string name, string help, params string[] labels) =>
        Add(new NumberMetric(new(name, "counter", help, labels)));

    /// <summary>A number that only grows, whose name upstream did not end as counters' names end.</summary>
    public NumberMetric NamedOddly(string name, string help, params string[] labels) => Counter(name, help, labels);

    /// <summary>A number that grows and shrinks.</summary>
    public NumberMetric Gauge(string name, string help, params string[] labels) =>
        Add(new NumberMetric(new(name, "gauge", help, labels)));

    /// <summary>How often something was how large.</summary>
    public HistogramMetric Histogram(string name, string help, double[] bounds, params string[] labels) =>
        Add(new HistogramMetric(new(name, "histogram", help, labels), bounds));

    /// <summary>Calls somebody before metrics are shown, to set what is only looked at then.</summary>
    public void BeforeWrite(Action look)
    {
        lock (_gate)
        {
            _before.Add(look);
        }
    }

    /// <summary>How many metrics there are, by what upstream promises of them.</summary>
    public IEnumerable<KeyValuePair<string, int>> CountByStability() => _all
        .Select(static one => MetricStability.Of(one.Name)).Where(static one => one.Length > 0)
        .CountBy(static one => one);

    /// <summary>Writes all of them.</summary>
    public void Write(MetricsText text)
    {
        Action[] before;
        lock (_gate)
        {
            before = [.. _before];
        }

        foreach (Action look in before)
        {
            look();
        }

        foreach (Metric one in _all)
        {
            one.Write(text);
        }
    }

    private T Add<T>(T metric)
        where T : Metric
    {
        _all.Add(metric);
        return metric;
    }
}

/// <summary>What a metric is called and tells.</summary>
internal sealed record MetricHead(string Name, string Type, string Help, string[] Labels)
{
    /// <summary>Begins the metric in a text.</summary>
    public void Write(MetricsText text) => text.Family(Name, Type, MetricStability.Describe(Name, Help));

    /// <summary>The labels with their values, and more behind them.</summary>
    public (string Name, string Value)[] With(string[] values, params ReadOnlySpan<(string, string)> more) =>
        [.. Labels.Zip(values), .. more];
}

/// <summary>A metric.</summary>
internal abstract class Metric
{
    /// <summary>What separates values of labels in keys; no label has it.</summary>
    private const char Separator = '\u001f';

    /// <summary>Upstream's name.</summary>
    public abstract string Name { get; }

    /// <summary>Writes it; one with labels of which there is nothing to tell is left out.</summary>
    public abstract void Write(MetricsText text);

    protected static string KeyOf(ReadOnlySpan<string> values) => string.Join(Separator, values);
}

/// <summary>A counter or a gauge.</summary>
internal sealed class NumberMetric : Metric
{
    private readonly MetricHead _head;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (string[] Values, double Number)> _series = new(StringComparer.Ordinal);

    /// <summary>One without labels begins with 0.</summary>
    public NumberMetric(MetricHead head)
    {
        _head = head;
        if (head.Labels.Length == 0)
        {
            Set(0);
        }
    }

    /// <inheritdoc/>
    public override string Name => _head.Name;

    /// <summary>Counts once.</summary>
    public void Count(params ReadOnlySpan<string> values) => Add(1, values);

    /// <summary>Adds an amount.</summary>
    public void Add(double amount, params ReadOnlySpan<string> values)
    {
        string key = KeyOf(values);
        lock (_gate)
        {
            _series[key] = (values.ToArray(), _series.GetValueOrDefault(key).Number + amount);
        }
    }

    /// <summary>Sets it.</summary>
    public void Set(double number, params ReadOnlySpan<string> values)
    {
        lock (_gate)
        {
            _series[KeyOf(values)] = (values.ToArray(), number);
        }
    }

    /// <summary>Forgets one.</summary>
    public void Remove(params ReadOnlySpan<string> values)
    {
        lock (_gate)
        {
            _series.Remove(KeyOf(values));
        }
    }

    /// <summary>Forgets everything, as gauges do that are set anew.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _series.Clear();
        }
    }

    /// <inheritdoc/>
    public override void Write(MetricsText text)
    {
        lock (_gate)
        {
            if (_series.Count == 0)
            {
                return;
            }

            _head.Write(text);
            foreach ((string[] values, double number) in _series.Values)
            {
                text.Sample(_head.Name, number, null, _head.With(values));
            }
        }
    }
}

/// <summary>A histogram.</summary>
internal sealed class HistogramMetric : Metric
{
    private readonly MetricHead _head;
    private readonly double[] _bounds;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <summary>One without labels begins with nothing seen.</summary>
    public HistogramMetric(MetricHead head, double[] bounds)
    {
        (_head, _bounds) = (head, bounds);
        if (head.Labels.Length == 0)
        {
            _series[""] = new([], bounds.Length + 1);
        }
    }

    /// <inheritdoc/>
    public override string Name => _head.Name;

    /// <summary>Takes in how long something took, in seconds.</summary>
    public void Observe(TimeSpan took, params ReadOnlySpan<string> values) => Observe(took.TotalSeconds, values);

    /// <summary>Takes in a value.</summary>
    public void Observe(double value, params ReadOnlySpan<string> values)
    {
        int bucket = Array.FindIndex(_bounds, bound => value <= bound);
        string key = KeyOf(values);
        lock (_gate)
        {
            if (!_series.TryGetValue(key, out Series? series))
            {
                _series[key] = series = new(values.ToArray(), _bounds.Length + 1);
            }

            series.Counts[bucket < 0 ? _bounds.Length : bucket]++;
            series.Sum += value;
        }
    }

    /// <summary>Forgets one.</summary>
    public void Remove(params ReadOnlySpan<string> values)
    {
        lock (_gate)
        {
            _series.Remove(KeyOf(values));
        }
    }

    /// <inheritdoc/>
    public override void Write(MetricsText text)
    {
        lock (_gate)
        {
            if (_series.Count == 0)
            {
                return;
            }

            _head.Write(text);
            foreach (Series one in _series.Values)
            {
                long sofar = 0;
                for (int i = 0; i <= _bounds.Length; i++)
                {
                    sofar += one.Counts[i];
                    string bound = MetricsText.Number(i < _bounds.Length ? _bounds[i] : double.PositiveInfinity);
                    text.Sample(_head.Name + "_bucket", sofar, null, _head.With(one.Values, ("le", bound)));
                }

                text.Sample(_head.Name + "_sum", one.Sum, null, _head.With(one.Values));
                text.Sample(_head.Name + "_count", sofar, null, _head.With(one.Values));
            }
        }
    }

    private sealed class Series(string[] values, int buckets)
    {
        public string[] Values { get; } = values;

        public long[] Counts { get; } = new long[buckets];

        public double Sum { get; set; }
    }
}
