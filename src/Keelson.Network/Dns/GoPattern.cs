using System.Text;
using System.Text.RegularExpressions;

namespace Keelson.Network.Dns;

/// <summary>
/// A regular expression as Go writes it: groups count from left to right whether they have names or not, and the time
/// it takes grows with the text alone, as clients choose the text.
/// </summary>
internal sealed class GoPattern
{
    private readonly Regex _regex;
    private readonly List<string> _names;

    private GoPattern(Regex regex, List<string> names)
    {
        _regex = regex;
        _names = names;
    }

    /// <summary>The names of the groups, from the first on; empty for groups without.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static GoPattern Parse(string text)
    {
        StringBuilder plain = new();
        List<string> names = [];
        bool isInClass = false;
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            plain.Append(one);
            if (one == '\\' && i + 1 < text.Length)
            {
                plain.Append(text[++i]);
            }
            else if (isInClass || one == '[')
            {
                // A bracket that a class begins with stands for itself.
                isInClass = one != ']' || plain[^2] == '[' || (plain[^2] == '^' && plain[^3] == '[');
            }
            else if (one == '(')
            {
                i += NameSize(text.AsSpan(i + 1), names);
            }
        }

        try
        {
            return new(
                new Regex(plain.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), names);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new FormatException(exception.Message);
        }
    }

    /// <summary>What was found, and its groups; null when nothing was.</summary>
    public IReadOnlyList<string>? Match(string text) => _regex.Match(text) is { Success: true } match
        ? [.. match.Groups.Values.Select(static one => one.Value)]
        : null;

    /// <summary>Puts groups into a text: <c>{1}</c>.</summary>
    public static string Fill(string text, IReadOnlyList<string> groups)
    {
        for (int i = 0; i < groups.Count; i++)
        {
            text = text.Replace($"{{{i}}}", groups[i], StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Notes a group's name, which .NET would number apart; what is left out of it.</summary>
    private static int NameSize(ReadOnlySpan<char> rest, List<string> names)
    {
        int start = rest.StartsWith("?P<") ? 3 : rest.StartsWith("?<") ? 2 : 0;
        int end = rest.IndexOf('>');
        if (start > 0 && end > start)
        {
            names.Add(rest[start..end].ToString());
            return end + 1;
        }

        if (rest is not ['?', ..])
        {
            names.Add("");
        }

        return 0;
    }
}
