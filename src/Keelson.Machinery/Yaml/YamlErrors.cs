using System.Globalization;
using YamlDotNet.Core;

namespace Keelson.Machinery.Yaml;

/// <summary>
/// Turns the parser's errors into Go's. Both libraries descend from libyaml, so they find the same problems; the texts
/// differ in their context, their full stop and the line they name.
/// </summary>
internal static class YamlErrors
{
    private const string BadTab = "found invalid tab as indentation";

    /// <summary>
    /// Problems that libyaml's scanner finds: those for which YamlDotNet has words of its own, and those that it finds
    /// in its parser.
    /// </summary>
    private static readonly Dictionary<string, string> ScannerProblems = new(StringComparer.Ordinal)
    {
        ["found invalid mapping"] = "mapping values are not allowed in this context",
        [BadTab] = "found character that cannot start any token",
        ["found a tab character that violate indentation"] = "found character that cannot start any token",
        ["block sequence entries are not allowed in this context"] =
            "block sequence entries are not allowed in this context",
        ["mapping keys are not allowed in this context"] = "mapping keys are not allowed in this context",
        ["mapping values are not allowed in this context"] = "mapping values are not allowed in this context",
    };

    public static string Describe(YamlException failure, string text)
    {
        string problem = failure.Message;
        int context = problem.StartsWith("While ", StringComparison.OrdinalIgnoreCase)
            ? problem.IndexOf(", ", StringComparison.Ordinal)
            : -1;
        problem = context >= 0 ? problem[(context + 2)..] : problem;
        problem = problem.Trim(' ', '.');
        problem = problem.Length > 0 ? char.ToLowerInvariant(problem[0]) + problem[1..]
            : "unknown problem parsing YAML content";

        // Lines count from 1 here and from 0 in Go, which leaves out line 0; its scanner adds one, its parser does not.
        bool isScanner = failure is SyntaxErrorException || ScannerProblems.ContainsKey(problem);
        long line = (failure is SyntaxErrorException ? failure.End.Line : failure.Start.Line) - 1;
        if (problem == BadTab)
        {
            line = LineOfTab(text, line);
        }

        problem = ScannerProblems.GetValueOrDefault(problem, problem);
        return line == 0
            ? "yaml: " + problem
            : string.Create(CultureInfo.InvariantCulture, $"yaml: line {line + (isScanner ? 1 : 0)}: {problem}");
    }

    /// <summary>
    /// What libyaml says of a document that begins with a tab; null for any other. YamlDotNet takes the tab for space.
    /// </summary>
    public static string? DescribeLeadingTab(string text)
    {
        int line = 0;
        foreach (ReadOnlySpan<char> one in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> content = one.TrimStart(' ');
            if (content.Length > 0 && content[0] != '#')
            {
                return content[0] != '\t' ? null : "yaml: "
                    + (line == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"line {line + 1}: "))
                    + ScannerProblems[BadTab];
            }

            line++;
        }

        return null;
    }

    /// <summary>The first line from the given one on that is indented by a tab.</summary>
    private static long LineOfTab(string text, long from)
    {
        string[] lines = text.Split('\n');
        for (long i = from; i < lines.Length; i++)
        {
            if (lines[i].AsSpan().TrimStart(' ') is ['\t', ..])
            {
                return i;
            }
        }

        return from;
    }
}
