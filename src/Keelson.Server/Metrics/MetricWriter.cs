using System.Globalization;
using System.Text;

namespace Keelson.Server.Metrics;

/// <summary>
/// Writes metrics in Prometheus' text format, or in OpenMetrics, which differs in counters' names and the end.
/// </summary>
internal sealed class MetricWriter(bool isOpenMetrics)
{
    /// <summary>The Content-Type of Prometheus' text format.</summary>
    public const string TextType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

    /// <summary>The Content-Type of OpenMetrics.</summary>
    public const string OpenMetricsType =
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores";

    private readonly StringBuilder _text = new(256 * 1024);
    private MetricFamily? _family;
    private int[] _order = [];

    /// <summary>The text.</summary>
    public byte[] ToBytes()
    {
        if (isOpenMetrics)
        {
            _text.Append("# EOF\n");
        }

        return Encoding.UTF8.GetBytes(_text.ToString());
    }

    /// <summary>Writes a family's head; its samples follow.</summary>
    public void Begin(MetricFamily family)
    {
        _family = family;
        IReadOnlyList<string> labels = family.Description.Labels;
        _order = [.. Enumerable.Range(0, labels.Count).OrderBy(i => labels[i], StringComparer.Ordinal)];
        string name = family.Description.Name;
        if (isOpenMetrics && family.Type == MetricType.Counter && name.EndsWith("_total", StringComparison.Ordinal))
        {
            name = name[..^"_total".Length];
        }

        _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(family.Description.HelpText, quotes: false))
            .Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(family.Type switch
        {
            MetricType.Counter => "counter",
            MetricType.Gauge => "gauge",
            _ => "histogram",
        }).Append('\n');
    }

    /// <summary>A sample of the family.</summary>
    public void Sample(string suffix, LabelValues values, double value) => Line(suffix, values, null, value);

    /// <summary>A histogram's bucket.</summary>
    public void Bucket(LabelValues values, double bound, long count) => Line("_bucket", values, bound, count);

    private void Line(string suffix, LabelValues values, double? bound, double value)
    {
        string name = _family!.Description.Name;
        _text.Append(name).Append(suffix);
        if (isOpenMetrics && _family.Type == MetricType.Counter && !name.EndsWith("_total", StringComparison.Ordinal))
        {
            _text.Append("_total");
        }

        char separator = '{';
        foreach (int i in _order)
        {
            Label(_family.Description.Labels[i], values[i], ref separator);
        }

        if (bound is { } limit)
        {
            Label("le", Number(limit, isOpenMetrics), ref separator);
        }

        _text.Append(separator == ',' ? "} " : " ").Append(Number(value, false)).Append('\n');
    }

    private void Label(string name, string value, ref char separator)
    {
        _text.Append(separator).Append(name).Append("=\"").Append(Escape(value, quotes: true)).Append('"');
        separator = ',';
    }

    private static string Escape(string text, bool quotes)
    {
        if (text.AsSpan().IndexOfAny('\\', '\n', '"') < 0)
        {
            return text;
        }

        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    /// <summary>
    /// A number as Go prints floats: its shortest digits, with an exponent below 1e-4 and from 1e6 on: 1.234567e+06.
    /// OpenMetrics wants bounds to look like floats: 1.0.
    /// </summary>
    internal static string Number(double value, bool isFloat)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        string digits = value.ToString("R", CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        if (value == 0 || (size is >= 1e-4 and < 1e6) || double.IsNaN(value))
        {
            return isFloat && !digits.Contains('.', StringComparison.Ordinal) ? digits + ".0" : digits;
        }

        string scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        int exponent = int.Parse(
            scientific[(scientific.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        int end = digits.IndexOf('E', StringComparison.Ordinal);
        string mantissa = (end < 0 ? digits : digits[..end]).Replace(".", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal).Trim('0');
        string rest = mantissa.Length > 1 ? "." + mantissa[1..] : "";
        string minus = value < 0 ? "-" : "";
        string power = exponent.ToString("+00;-00", CultureInfo.InvariantCulture);
        return $"{minus}{mantissa[0]}{rest}e{power}";
    }
}
