using System.Globalization;
using System.Net;
using System.Text;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Flags;

/// <summary>The types of flags that Kubernetes' programs have, with the texts of Go's own parsers.</summary>
internal static class FlagForms
{
    /// <summary>A text.</summary>
    public static FlagForm<string> Text { get; } =
        new("string", static text => text, static value => value) { Quotes = true };

    /// <summary>true or false; the flag alone means true.</summary>
    public static FlagForm<bool> Truth { get; } =
        new("", ReadTruth, static value => value ? "true" : "false") { Nothing = "false" };

    /// <summary>A number of 64 bits with a sign.</summary>
    public static FlagForm<int> Number { get; } = new("int", ReadNumber, Invariant) { Nothing = "0" };

    /// <summary>The same; upstream declares some flags as 64 bits.</summary>
    public static FlagForm<int> LongNumber { get; } = Number with { TypeName = "int" };

    /// <summary>A number of 32 bits, as the level of logging is.</summary>
    public static FlagForm<int> Level { get; } = Number with { TypeName = "Level" };

    /// <summary>A port; 0 lets the system choose one.</summary>
    public static FlagForm<int> Port { get; } = new("port", ReadPortNumber, Invariant);

    /// <summary>A number of things.</summary>
    public static FlagForm<int> Count { get; } = new("count", ReadCount, Invariant) { Nothing = "0" };

    /// <summary>A file or a directory.</summary>
    public static FlagForm<string> Path { get; } = Text with { TypeName = "path" };

    /// <summary>A number with a fraction.</summary>
    public static FlagForm<double> Fraction { get; } = new(
        "float", ReadFraction, static value => value.ToString(CultureInfo.InvariantCulture)) { Nothing = "0" };

    /// <summary>A duration of Go's: <c>1h0m0s</c>.</summary>
    public static FlagForm<TimeSpan> Duration { get; } = new("duration", ReadDuration, ShowDuration) { Nothing = "0s" };

    /// <summary>An IP address; null for none.</summary>
    public static FlagForm<IPAddress?> Address { get; } = new(
        "ip", ReadAddress, static value => value?.ToString() ?? "") { Nothing = "" };

    /// <summary>A list of texts: comma-separated with quotes as in CSV, and the flag may be repeated.</summary>
    public static FlagForm<IReadOnlyList<string>> Texts { get; } = new("strings", ReadList, ShowList)
    {
        Add = static (before, now) => [.. before, .. now],
        Nothing = "[]",
    };

    /// <summary>A list of texts of which each is a flag of its own; commas mean nothing.</summary>
    public static FlagForm<IReadOnlyList<string>> TextEach { get; } = Texts with
    {
        TypeName = "stringArray",
        Read = static text => [text],
    };

    /// <summary>A range of ports: <c>30000-32767</c>, <c>30000+2767</c>, or one port.</summary>
    public static FlagForm<(int First, int Last)> Ports { get; } = new(
        "portRange", ReadPorts, static value => string.Create(CultureInfo.InvariantCulture, $"{value.First}-{value.Last}"));

    /// <summary>Names with values: <c>a=1,b=2</c>; the flag may be repeated.</summary>
    public static FlagForm<IReadOnlyDictionary<string, string>> Pairs { get; } = new(
        "mapStringString", ReadPairs, ShowPairs)
    {
        Add = static (before, now) =>
        {
            Dictionary<string, string> all = new(before, StringComparer.Ordinal);
            foreach ((string key, string value) in now)
            {
                all[key] = value;
            }

            return all;
        },
    };

    private static string Invariant(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string ShowDuration(TimeSpan value) => GoDuration.Format(value);

    private static bool ReadTruth(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"strconv.ParseBool: parsing {GoText.Quote(text)}: invalid syntax"),
    };

    private static int ReadNumber(string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            bool isTooLong = text.Length > 18
                && text.AsSpan(text[0] is '-' or '+' ? 1 : 0).IndexOfAnyExceptInRange('0', '9') < 0;
            string reason = isTooLong ? "value out of range" : "invalid syntax";
            throw new FormatException($"strconv.ParseInt: parsing {GoText.Quote(text)}: {reason}");
        }

        return number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new FormatException($"strconv.ParseInt: parsing {GoText.Quote(text)}: value out of range");
    }

    private static int ReadPortNumber(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? port
            : throw new FormatException("ports are whole numbers from 0 to 65535");

    private static int ReadCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count
            : throw new FormatException("must be a whole number, not below zero");

    private static double ReadFraction(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new FormatException($"strconv.ParseFloat: parsing {GoText.Quote(text)}: invalid syntax");

    private static TimeSpan ReadDuration(string text) =>
        GoDuration.TryParse(text, out TimeSpan duration, out string? error)
        ? duration
        : throw new FormatException(error);

    private static IPAddress? ReadAddress(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            return null;
        }

        // The platform also takes 127.1 and plain numbers for addresses.
        bool isWhole = trimmed.Contains(':') || trimmed.Count(one => one == '.') == 3;
        return isWhole && !trimmed.Contains('%') && IPAddress.TryParse(trimmed, out IPAddress? address)
            ? address
            : throw new FormatException($"failed to parse IP: {GoText.Quote(text)}");
    }

    private static IReadOnlyList<string> ReadList(string text)
    {
        List<string> fields = [];
        StringBuilder field = new();
        for (int i = 0; text.Length > 0 && i <= text.Length; i++)
        {
            if (i == text.Length || text[i] == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (text[i] == '"' && field.Length == 0)
            {
                i = ReadQuoted(text, i + 1, field);
            }
            else
            {
                field.Append(text[i] != '"'
                    ? text[i]
                    : throw new FormatException($"parse error on line 1, column {i + 1}: bare \" in non-quoted-field"));
            }
        }

        return fields;
    }

    /// <summary>Returns where the closing quote stands; a doubled quote stands for itself.</summary>
    private static int ReadQuoted(string text, int start, StringBuilder field)
    {
        for (int i = start; i < text.Length; i++)
        {
            bool isQuote = text[i] == '"';
            bool isDoubled = isQuote && i + 1 < text.Length && text[i + 1] == '"';
            if (isQuote && !isDoubled && (i + 1 == text.Length || text[i + 1] == ','))
            {
                return i;
            }

            i += isDoubled ? 1 : 0;
            field.Append(text[i]);
        }

        throw new FormatException(
            $"parse error on line 1, column {text.Length + 1}: extraneous or missing \" in quoted-field");
    }

    private static string ShowList(IReadOnlyList<string> values) => "[" + string.Join(',', values) + "]";

    private static (int First, int Last) ReadPorts(string text)
    {
        string value = text.Trim();
        int hyphen = value.IndexOf('-');
        int plus = value.IndexOf('+');
        if (hyphen >= 0 && plus >= 0)
        {
            throw new FormatException($"unable to parse port range: {value}");
        }

        int at = Math.Max(hyphen, plus);
        int first = ReadPort(at < 0 ? value : value[..at]);
        int second = at < 0 ? first : ReadPort(value[(at + 1)..]);
        int last = plus >= 0 ? first + second : second;
        if (first > 65535 || last > 65535)
        {
            throw new FormatException($"the port range cannot be greater than 65535: {value}");
        }

        return last >= first
            ? (first, last)
            : throw new FormatException($"end port cannot be less than start port: {value}");
    }

    private static int ReadPort(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int port) && port >= 0
            ? port
            : throw new FormatException($"strconv.Atoi: parsing {GoText.Quote(text)}: invalid syntax");

    private static IReadOnlyDictionary<string, string> ReadPairs(string text)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        foreach (string part in text.Split(',').Where(part => part.Length > 0))
        {
            int equals = part.IndexOf('=');

            // A name alone has no value, which runtime-config reads as true.
            string key = (equals < 0 ? part : part[..equals]).Trim();
            pairs[key] = equals < 0 ? "" : part[(equals + 1)..].Trim();
        }

        return pairs;
    }

    private static string ShowPairs(IReadOnlyDictionary<string, string> pairs) => string.Join(
        ',', pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
