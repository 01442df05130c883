using System.Globalization;
using System.Text;

namespace Keelson.Network;

/// <summary>Metrics as Prometheus reads them.</summary>
internal sealed class MetricText
{
    /// <summary>What the text is of.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric.</summary>
    public void Family(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>A number of a metric.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels with their values, as they are written; empty without.</param>
    /// <param name="value">The number.</param>
    public void Line(string name, string labels, double value) => _text.Append(name)
        .Append(labels.Length > 0 ? "{" + labels + "}" : "")
        .Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>A metric with one number.</summary>
    public void Number(string name, string type, string help, double value)
    {
        Family(name, type, help);
        Line(name, "", value);
    }

    /// <summary>The lines of a histogram.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="bounds">The upper ends of its buckets.</param>
    /// <param name="counts">How many fell into each, and above all of them.</param>
    /// <param name="sum">The sum of all.</param>
    public void Histogram(
        string name, string labels, ReadOnlySpan<double> bounds, ReadOnlySpan<long> counts, double sum)
    {
        string prefix = labels.Length > 0 ? labels + "," : "";
        long total = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            string bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            Line(name + "_bucket", $"{prefix}le=\"{bound}\"", total);
        }

        Line(name + "_sum", labels, sum);
        Line(name + "_count", labels, total);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}

/// <summary>How often something was how large.</summary>
/// <param name="bounds">The upper ends of the buckets.</param>
internal sealed class MetricHistogram(double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private readonly Lock _gate = new();
    private double _sum;

    /// <summary>1 ms, and each bucket twice as wide as the one before: what kube-proxy measures its work by.</summary>
    public static double[] WorkBounds { get; } = [.. Enumerable.Range(0, 15).Select(static i => 0.001 * (1 << i))];

    /// <summary>Counts a value.</summary>
    public void Observe(double value)
    {
        int bucket = Array.FindIndex(bounds, one => value <= one);
        lock (_gate)
        {
            _counts[bucket < 0 ? bounds.Length : bucket]++;
            _sum += value;
        }
    }

    /// <summary>Writes its lines.</summary>
    public void Write(MetricText text, string name, string labels)
    {
        lock (_gate)
        {
            text.Histogram(name, labels, bounds, _counts, _sum);
        }
    }
}
