namespace Keelson.Server.Metrics;

/// <summary>A number that only grows.</summary>
internal sealed class Counter
{
    private double _value;

    /// <summary>The number.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Adds one.</summary>
    public void Increment() => Add(1);

    /// <summary>Adds an amount.</summary>
    public void Add(double amount) => AtomicDouble.Add(ref _value, amount);

    /// <summary>Sets what is counted elsewhere: by the operating system or the runtime.</summary>
    public void Set(double value) => Volatile.Write(ref _value, value);
}

/// <summary>A number that goes up and down.</summary>
internal sealed class Gauge
{
    private double _value;

    /// <summary>The number.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Sets it.</summary>
    public void Set(double value) => Volatile.Write(ref _value, value);

    /// <summary>Adds an amount, which may be negative.</summary>
    public void Add(double amount) => AtomicDouble.Add(ref _value, amount);
}

/// <summary>Observations by size. The buckets hold their own observations only; they are summed up when read.</summary>
internal sealed class Histogram(double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _sum;

    /// <summary>The upper bounds, without infinity.</summary>
    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>The sum of all observations.</summary>
    public double Sum => Volatile.Read(ref _sum);

    /// <summary>The number of observations in a bucket alone; the last one is that above every bound.</summary>
    public long InBucket(int index) => Volatile.Read(ref _buckets[index]);

    /// <summary>Counts an observation.</summary>
    public void Observe(double value)
    {
        int index = 0;
        while (index < bounds.Length && value > bounds[index])
        {
            index++;
        }

        Interlocked.Increment(ref _buckets[index]);
        AtomicDouble.Add(ref _sum, value);
    }
}

/// <summary>Addition that no other thread comes between.</summary>
internal static class AtomicDouble
{
    public static void Add(ref double target, double amount)
    {
        double seen = Volatile.Read(ref target);
        while (true)
        {
            double found = Interlocked.CompareExchange(ref target, seen + amount, seen);
            if (found.Equals(seen))
            {
                return;
            }

            seen = found;
        }
    }
}

/// <summary>A counter by labels.</summary>
internal sealed class CounterFamily(MetricDescription description)
    : MetricFamily<Counter>(description, MetricType.Counter)
{
    protected override Counter Make() => new();

    protected override void WriteSeries(MetricWriter writer, LabelValues values, Counter series) =>
        writer.Sample("", values, series.Value);
}

/// <summary>A gauge by labels.</summary>
internal sealed class GaugeFamily(MetricDescription description) : MetricFamily<Gauge>(description, MetricType.Gauge)
{
    protected override Gauge Make() => new();

    protected override void WriteSeries(MetricWriter writer, LabelValues values, Gauge series) =>
        writer.Sample("", values, series.Value);
}

/// <summary>A histogram by labels.</summary>
internal sealed class HistogramFamily(MetricDescription description, double[] bounds)
    : MetricFamily<Histogram>(description, MetricType.Histogram)
{
    protected override Histogram Make() => new(bounds);

    protected override void WriteSeries(MetricWriter writer, LabelValues values, Histogram series)
    {
        long total = 0;
        for (int i = 0; i < bounds.Length; i++)
        {
            total += series.InBucket(i);
            writer.Bucket(values, bounds[i], total);
        }

        total += series.InBucket(bounds.Length);
        writer.Bucket(values, double.PositiveInfinity, total);
        writer.Sample("_sum", values, series.Sum);
        writer.Sample("_count", values, total);
    }
}
