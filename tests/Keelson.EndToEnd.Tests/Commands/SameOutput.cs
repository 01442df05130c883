using System.Text.RegularExpressions;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>Holds one output against another: equal, but for ages, which go on while programs start.</summary>
internal static partial class SameOutput
{
    /// <summary>What differs, for people; null when nothing does.</summary>
    public static string? Difference(CommandRun expected, CommandRun actual)
    {
        string? difference = Lines("output", expected.Output, actual.Output)
            ?? Lines(
                "errors", Program().Replace(expected.Error, "kubectl"), actual.Error.Replace("keelson ", "kubectl "));
        return difference
            ?? (expected.ExitCode == actual.ExitCode ? null : $"ends with {actual.ExitCode}, not {expected.ExitCode}");
    }

    private static string? Lines(string what, string expected, string actual)
    {
        if (expected == actual)
        {
            return null;
        }

        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            string? one = left.ElementAtOrDefault(i);
            string? other = right.ElementAtOrDefault(i);
            if (one is null || other is null || (one != other && !IsSameButForAges(one, other)))
            {
                return $"{what}, line {i + 1}:\n  kubectl: {one}\n  keelson: {other}\n--- "
                    + $"kubectl\n{expected}\n--- keelson\n{actual}";
            }
        }

        return null;
    }

    private static bool IsSameButForAges(string one, string other)
    {
        bool hasAges = Age().IsMatch(one) || Heading().IsMatch(one);
        return hasAges && Masked(one) == Masked(other);
    }

    private static string Masked(string line) => Blanks().Replace(Age().Replace(line, "<age>"), " ").TrimEnd();

    [GeneratedRegex(@"(?<![\w.-])(\d+d)?(\d+h)?(\d+m)?(\d+s)?(?<=\d[dhms])(?![\w.-])")]
    private static partial Regex Age();

    [GeneratedRegex(@"AGE|Age|LAST SEEN|----|RenewTime|LastHeartbeat")]
    private static partial Regex Heading();

    /// <summary>Programs name themselves by their files.</summary>
    [GeneratedRegex(@"\bkubectl(\.\d+)+")]
    private static partial Regex Program();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
