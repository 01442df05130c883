using System.Globalization;
using System.Text.RegularExpressions;

namespace Keelson.Nodes.Nodes;

/// <summary>A process that the kernel killed because memory ran out.</summary>
/// <param name="Group">The control group whose memory ran out; <c>/</c> for the machine's.</param>
/// <param name="Process">The process's name.</param>
/// <param name="Pid">Its number.</param>
internal readonly record struct OomKill(string Group, string Process, int Pid);

/// <summary>
/// Follows what the kernel writes when it kills a process because memory ran out: a line that it looks for one, lines
/// of figures, and one that says whom it found and why. Records of <c>/dev/kmsg</c> go in, kills come out. Pure.
/// </summary>
internal sealed partial class OomMessages
{
    private bool _isOpen;
    private string _group = "/";

    /// <summary>Takes in a record: <c>6,339,5140900,-;text</c>, further lines of which are of no matter.</summary>
    /// <returns>The kill that it completes; null when it does not.</returns>
    public OomKill? Take(string record)
    {
        string line = record[(record.IndexOf(';', StringComparison.Ordinal) + 1)..].Split('\n')[0];
        if (line.Contains("invoked oom-killer:", StringComparison.Ordinal))
        {
            (_isOpen, _group) = (true, "/");
            return null;
        }

        if (!_isOpen)
        {
            return null;
        }

        // Where the machine's memory ran out, there is no group in the line (global_oom); the last line tells.
        if (Constraint().Match(line) is { Success: true } told)
        {
            _isOpen = false;
            return KillOf(told.Groups[1].Value, told.Groups[2].Value, told.Groups[3].Value);
        }

        if (BeforeVersion5().Match(line) is { Success: true } old)
        {
            _group = old.Groups[1].Value;
            return null;
        }

        if (LastLine().Match(line) is not { Success: true } last)
        {
            return null;
        }

        _isOpen = false;
        return KillOf(_group, last.Groups[2].Value, last.Groups[1].Value);
    }

    private static OomKill? KillOf(string group, string process, string pid) =>
        int.TryParse(pid, CultureInfo.InvariantCulture, out int number) ? new(group, process, number) : null;

    [GeneratedRegex("oom-kill:constraint=.*,oom_memcg=(.*),task_memcg=.*,task=(.*),pid=(.*),uid=.*")]
    private static partial Regex Constraint();

    [GeneratedRegex("Task in .* killed as a result of limit of (.*)")]
    private static partial Regex BeforeVersion5();

    [GeneratedRegex(@"Killed process ([0-9]+) \((.+)\)")]
    private static partial Regex LastLine();
}
