using System.Globalization;
using System.Text;

namespace Keelson.Nodes.Server.Stats;

/// <summary>Writes metrics in the text format of Prometheus (version 0.0.4).</summary>
public sealed class MetricsText
{
    // Families are shown by their names, in whatever order they were written.
    private readonly SortedDictionary<string, StringBuilder> _families = new(StringComparer.Ordinal);
    private StringBuilder _text = new();

    /// <summary>Begins a family: its samples follow, or those of families begun before.</summary>
    /// <param name="name">The name of the metric.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c>, <c>histogram</c>, <c>summary</c>.</param>
    /// <param name="help">What it tells, with upstream's stability in front: <c>[STABLE] …</c>.</param>
    public void Family(string name, string type, string help)
    {
        _text = _families[name] = new();
        _text.Append("# HELP ").Append(name).Append(' ')
        .Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
        .Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    /// <summary>Writes a sample.</summary>
    /// <param name="name">The name of the metric; that of a histogram's part has its suffix.</param>
    /// <param name="value">The value.</param>
    /// <param name="at">When it was measured; null to leave it to whoever reads it.</param>
    /// <param name="labels">The labels, in alphabetical order.</param>
    public void Sample(
        string name, double value, DateTimeOffset? at, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        // A part of a histogram belongs to the family that was begun last.
        _text = _families.GetValueOrDefault(name, _text);
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{');
            for (int i = 0; i < labels.Length; i++)
            {
                _text.Append(i == 0 ? "" : ",").Append(labels[i].Name).Append("=\"");
                Escape(labels[i].Value);
                _text.Append('"');
            }

            _text.Append('}');
        }

        _text.Append(' ').Append(Number(value));
        if (at is { } time)
        {
            _text.Append(' ').Append(time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        }

        _text.Append('\n');
    }

    /// <inheritdoc/>
    public override string ToString() => string.Concat(_families.Values.Select(static one => one.ToString()));

    /// <summary>As Go prints numbers (<c>%g</c>): the shortest digits, with an exponent from a million on.</summary>
    internal static string Number(double value)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "+Inf" : "-Inf";
        }

        string digits = value.ToString("R", CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        if (value == 0 || (size is >= 1e-4 and < 1e6) || double.IsNaN(value))
        {
            return digits;
        }

        string scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        int exponent = int.Parse(scientific.AsSpan(scientific.IndexOf('E') + 1), CultureInfo.InvariantCulture);
        int end = digits.IndexOf('E', StringComparison.Ordinal);
        string mantissa = (end < 0 ? digits : digits[..end]).Replace(".", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal).Trim('0');
        string rest = mantissa.Length > 1 ? "." + mantissa[1..] : "";
        string power = exponent.ToString("+00;-00", CultureInfo.InvariantCulture);
        return $"{(value < 0 ? "-" : "")}{mantissa[0]}{rest}e{power}";
    }

    private void Escape(string text)
    {
        foreach (char one in text)
        {
            _ = one switch
            {
                '\\' => _text.Append("\\\\"),
                '"' => _text.Append("\\\""),
                '\n' => _text.Append("\\n"),
                _ => _text.Append(one),
            };
        }
    }
}
