using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Keelson.EndToEnd.Tests.Kubectl;

/// <summary>
/// Commands and what they print, in a text that looks like a terminal:
/// <code>
/// # A comment.
/// $ kubectl apply -f - &lt;&lt;EOF
/// > apiVersion: v1
/// > EOF
/// error: ...
/// [1]
/// </code>
/// Below a command stands what it prints, standard output and then standard error, and its exit code in brackets if
/// that is not 0.
/// <c>?1.31+ </c> before a line or a command says that it is there from that version on, <c>?-1.30 </c> up to that
/// version.
/// <c>...</c> alone stands for any number of lines; &lt;any&gt;, &lt;age&gt;, &lt;time&gt; and so on stand for what
/// differs between runs.
/// <c>$NS</c> is the run's own namespace and the prefix of its cluster-wide names.
/// </summary>
internal sealed partial record Transcript(string Name, IReadOnlyList<TranscriptStep> Steps)
{
    /// <summary>Reads a transcript as a kubectl of that minor version sees it.</summary>
    public static Transcript Read(string name, string text, int minor)
    {
        List<TranscriptStep> steps = [];
        StringBuilder command = new();
        List<string> expected = [];
        int start = 0;
        bool applies = false;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            bool holds = true;
            if (Condition().Match(line) is { Success: true } condition)
            {
                int limit = int.Parse(condition.Groups["minor"].ValueSpan, CultureInfo.InvariantCulture);
                holds = condition.Groups["until"].Length > 0 ? minor <= limit : minor >= limit;
                line = line[condition.Length..];
            }

            if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                End();
                (start, applies) = (i + 1, holds);
                command.Append(line, 2, line.Length - 2);
            }
            else if (line.StartsWith("> ", StringComparison.Ordinal) || line == ">")
            {
                command.Append('\n').Append(line.Length > 2 ? line[2..] : "");
            }
            else if (holds && !line.StartsWith("# ", StringComparison.Ordinal) && start > 0)
            {
                expected.Add(line);
            }
        }

        End();
        return new(name, steps);

        void End()
        {
            if (start > 0 && applies)
            {
                while (expected is [.., ""])
                {
                    expected.RemoveAt(expected.Count - 1);
                }

                steps.Add(new(start, command.ToString(), [.. expected]));
            }

            command.Clear();
            expected.Clear();
        }
    }

    [GeneratedRegex(@"^\?(?<until>-?)1\.(?<minor>\d+)\+? ")]
    private static partial Regex Condition();
}

/// <summary>A command, its line in the transcript and the lines it should print.</summary>
internal sealed partial record TranscriptStep(int Line, string Command, IReadOnlyList<string> Expected)
{
    /// <summary>What stands for what: the names in angle brackets, as regular expressions.</summary>
    private static readonly Dictionary<string, string> Placeholders = new()
    {
        ["any"] = ".*",
        ["age"] = @"\d+[smhdy](\d+[smhd])?",
        ["time"] = @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z",
        ["date"] = @"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
        ["uid"] = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        ["rv"] = @"\d+",
        ["number"] = @"\d+",
        ["ip"] = @"\d+\.\d+\.\d+\.\d+",
        ["suffix"] = "[bcdfghjklmnpqrstvwxz2456789]{5}",
    };

    /// <summary>True when the printed lines are those expected.</summary>
    public bool Matches(IReadOnlyList<string> printed, string @namespace) => Matches(0, printed, 0, @namespace);

    private bool Matches(int at, IReadOnlyList<string> printed, int line, string @namespace)
    {
        for (; at < Expected.Count; at++, line++)
        {
            if (Expected[at] == "...")
            {
                return Enumerable.Range(line, printed.Count - line + 1).Any(
                    from => Matches(at + 1, printed, from, @namespace));
            }

            if (line >= printed.Count
                || !MatchesLine(Expected[at].Replace("$NS", @namespace, StringComparison.Ordinal), printed[line]))
            {
                return false;
            }
        }

        return line == printed.Count;
    }

    private static bool MatchesLine(string expected, string printed)
    {
        expected = Aligned().Replace(expected, "  ");
        printed = Aligned().Replace(printed, "  ");
        if (expected == printed)
        {
            return true;
        }

        bool any = false;
        StringBuilder pattern = new("^");
        foreach (string part in Parts().Split(expected))
        {
            if (part is ['<', .., '>'] && Placeholders.TryGetValue(part[1..^1], out string? placeholder))
            {
                any = true;
                pattern.Append('(').Append(placeholder).Append(')');
            }
            else
            {
                pattern.Append(Regex.Escape(part));
            }
        }

        return any && Regex.IsMatch(printed, pattern.Append('$').ToString(), RegexOptions.CultureInvariant);
    }

    [GeneratedRegex("(<[a-z]+>)")]
    private static partial Regex Parts();

    // What differs between runs has different widths and moves the columns behind it, so that these count as two
    // blanks.
    [GeneratedRegex(@"(?<=\S) {2,}")]
    private static partial Regex Aligned();
}
