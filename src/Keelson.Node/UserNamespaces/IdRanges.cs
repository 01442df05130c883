using System.Diagnostics;
using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Nodes.Linux;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.UserNamespaces;

/// <summary>The ids of users and groups that pods with user namespaces get, cut into ranges of one length.</summary>
/// <param name="First">The first id of the first range.</param>
/// <param name="Length">How many ids a range has.</param>
/// <param name="Count">How many ranges there are.</param>
internal sealed record IdRanges(uint First, uint Length, int Count)
{
    /// <summary>What the lengths of ranges are multiples of, and the default.</summary>
    public const uint Unit = 65536;

    private const string User = "kubelet";

    /// <summary>
    /// The ranges of this machine: those that the user "kubelet" has as subordinate ids; where there is no such user or
    /// no <c>getsubids</c>, all ids but those of the first range, which are the machine's own.
    /// </summary>
    /// <param name="length">How many ids a range has.</param>
    /// <param name="podsMax">The most pods, each of which must find a range.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="NodeAgentException">The ids that there are can't be used.</exception>
    public static async Task<IdRanges> FindAsync(uint length, int podsMax, CancellationToken cancellationToken)
    {
        if (!File.ReadLines("/etc/passwd").Any(static line => line.StartsWith(User + ":", StringComparison.Ordinal))
            || HostAbilities.FindProgram("getsubids") is not { } program)
        {
            return Of(length, (uint)((1L << 32) - length), length, podsMax);
        }

        string users = await AskAsync(program, [User], cancellationToken);
        string groups = await AskAsync(program, ["-g", User], cancellationToken);
        if (users != groups)
        {
            throw Refused($"kubelet mappings: mismatched subuids and subgids for user {GoText.Quote(User)}");
        }

        (uint first, uint count) = Parse(users);
        return Of(first, count, length, podsMax);
    }

    /// <summary>Cuts ids into ranges.</summary>
    /// <exception cref="NodeAgentException">They can't be cut so, or there are too few.</exception>
    public static IdRanges Of(uint first, uint count, uint length, int podsMax)
    {
        if (length == 0 || length % Unit != 0)
        {
            throw Refused($"kubelet user namespace length {length} is not a multiple of {Unit}");
        }

        if (first % length != 0)
        {
            throw Refused($"kubelet user assigned ID {first} is not a multiple of {length}");
        }

        // Who maps 0 gives a pod the machine's root.
        if (first < length)
        {
            throw Refused($"kubelet user assigned ID {first} must be greater or equal to {length}");
        }

        if (count % length != 0)
        {
            throw Refused($"kubelet user assigned IDs length {count} is not a multiple of {length}");
        }

        return count / length < podsMax
            ? throw Refused($"kubelet user assigned IDs are not enough to support {podsMax} pods")
            : new(first, length, (int)(count / length));
    }

    /// <summary>Reads what <c>getsubids</c> printed: <c>0: kubelet 65536 2147483648</c>.</summary>
    /// <exception cref="NodeAgentException">It is something else.</exception>
    public static (uint First, uint Count) Parse(string printed)
    {
        string line = printed.Trim('\n');
        if (line.Contains('\n', StringComparison.Ordinal))
        {
            throw Refused($"error parsing line {GoText.Quote(printed)}: it must contain only one line");
        }

        string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 4
            && uint.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint first)
            && uint.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out uint count)
                ? (first, count)
                : throw Refused($"invalid line {GoText.Quote(line)}");
    }

    /// <summary>The first id of a range.</summary>
    public uint FirstOf(int index) => First + ((uint)index * Length);

    /// <summary>The range that begins with an id; null when none does.</summary>
    public int? IndexOf(uint first) =>
        first >= First && (first - First) % Length == 0 && (first - First) / Length < Count
            ? (int)((first - First) / Length)
            : null;

    private static async Task<string> AskAsync(
        string program, string[] arguments, CancellationToken cancellationToken)
    {
        ProgramResult result =
            await ProgramRun.RunAsync(new ProcessStartInfo(program, arguments), "", cancellationToken);
        string user = GoText.Quote(User);
        return result.ExitCode == 0
            ? result.Output
            : throw Refused(
                $"kubelet mappings: error retrieving additional ids for user {user}: exit status {result.ExitCode}");
    }

    private static NodeAgentException Refused(FormattableString message) =>
        new("create user namespace manager: " + message.ToString(CultureInfo.InvariantCulture));
}
