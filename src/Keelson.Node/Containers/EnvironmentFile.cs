using System.Globalization;
using System.Text;

namespace Keelson.Nodes.Containers;

/// <summary>
/// Files of variables that a container writes for another: lines <c>NAME='value'</c>, the value in single quotes and
/// taken as it stands, over several lines if need be; comments and blank lines between.
/// </summary>
internal static class EnvironmentFile
{
    /// <summary>The value of a name; empty when the file does not have it.</summary>
    /// <exception cref="FormatException">A line is not of that form.</exception>
    public static string Find(IEnumerable<string> lines, string key)
    {
        using IEnumerator<string> all = lines.GetEnumerator();
        int number = 0;
        while (all.MoveNext())
        {
            number++;
            string line = all.Current.TrimStart(' ', '\t');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? throw Wrong(number, "missing '='") : line[..equals];
            if (name.TrimEnd(' ', '\t').Length == 0)
            {
                throw Wrong(number, "empty variable name");
            }

            if (name != name.TrimEnd(' ', '\t'))
            {
                throw Wrong(number, "whitespace before '=' is not allowed");
            }

            string value = Value(all, line[(equals + 1)..], ref number);
            if (name == key)
            {
                return value;
            }
        }

        return "";
    }

    private static string Value(IEnumerator<string> all, string text, ref int number)
    {
        // A blank after the equals sign ends the value before it began, as in a shell.
        if (text.Length == 0 || text[0] is ' ' or '\t')
        {
            return "";
        }

        if (text[0] != '\'')
        {
            throw Wrong(number, "value must be enclosed in single quotes");
        }

        int began = number;
        string rest = text[1..];
        StringBuilder value = new();
        int end = rest.IndexOf('\'', StringComparison.Ordinal);
        while (end < 0)
        {
            value.Append(rest).Append('\n');
            if (!all.MoveNext())
            {
                throw Wrong(began, "unclosed single quote");
            }

            number++;
            rest = all.Current;
            end = rest.IndexOf('\'', StringComparison.Ordinal);
        }

        value.Append(rest[..end]);
        string behind = rest[(end + 1)..].TrimStart(' ', '\t');
        return behind.Length == 0 || behind[0] == '#'
            ? value.ToString()
            : throw Wrong(number, "unexpected content after closing quote");
    }

    private static FormatException Wrong(int line, string what) => new(
        string.Create(CultureInfo.InvariantCulture, $"invalid environment variable format at line {line}: {what}"));
}
