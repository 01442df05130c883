using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Runtime;

/// <summary>
/// Removes network namespaces that containerd made and, as it was killed right then, never noted: those in which
/// nothing runs and nothing is but the loopback. A sandbox that is being made has no more either, so they are given
/// more time than that may take.
/// </summary>
/// <param name="mounts">Mounts.</param>
/// <param name="clock">The clock.</param>
internal sealed partial class ForgottenNetworks(IMounts mounts, TimeProvider clock)
{
    private const string Processes = "/proc";
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // Making a sandbox is given up after four minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>Where namespaces are.</summary>
    public string Namespaces { get; init; } = "/run/netns";

    /// <summary>Tells whether there is nothing but the loopback in a namespace of that name.</summary>
    public Func<string, CancellationToken, Task<bool>> IsBare { get; init; } = IsBareAsync;

    /// <summary>Looks each minute until it is cancelled.</summary>
    public async Task RunAsync(Action<string> log, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Period, clock);
        do
        {
            await LookAsync(log, cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Looks once, and removes those that have been forgotten long enough.</summary>
    public async Task LookAsync(Action<string> log, CancellationToken cancellationToken)
    {
        HashSet<string> now = new(StringComparer.Ordinal);
        foreach (string path in Unused())
        {
            string name = Path.GetFileName(path);
            if (_since.ContainsKey(name) || await IsBare(name, cancellationToken))
            {
                now.Add(name);
                _since.TryAdd(name, clock.GetTimestamp());
            }
        }

        foreach ((string name, long since) in _since.ToArray())
        {
            if (!now.Contains(name))
            {
                _since.Remove(name);
            }
            else if (clock.GetElapsedTime(since) >= Patience && await IsBare(name, cancellationToken))
            {
                _since.Remove(name);
                log($"network namespace {name} belongs to nobody; it is removed");
                Remove(Path.Combine(Namespaces, name), log);
            }
        }
    }

    /// <summary>The namespaces with names as containerd gives them that no process is in.</summary>
    private List<string> Unused()
    {
        if (!Directory.Exists(Namespaces))
        {
            return [];
        }

        List<string> found =
            [.. Directory.EnumerateFiles(Namespaces).Where(static one => Name().IsMatch(Path.GetFileName(one)))];
        HashSet<ulong> used = found.Count > 0 ? InUse() : [];
        return [.. found.Where(one => FileFacts.Of(one) is { } facts && !used.Contains(facts.Inode))];
    }

    private static HashSet<ulong> InUse()
    {
        HashSet<ulong> used = [];
        foreach (string process in Directory.EnumerateDirectories(Processes)
            .Where(static one => int.TryParse(Path.GetFileName(one), CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                if (FileFacts.Of(Path.Combine(process, "ns/net")) is { } facts)
                {
                    used.Add(facts.Inode);
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return used;
    }

    private void Remove(string path, Action<string> log)
    {
        try
        {
            if (mounts.List().Any(one => one.Path == path))
            {
                mounts.Unmount(path);
            }

            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log(exception.Message);
        }
    }

    private static async Task<bool> IsBareAsync(string name, CancellationToken cancellationToken)
    {
        if (HostAbilities.FindProgram("ip") is not { } program)
        {
            return false;
        }

        ProgramResult links = await ProgramRun.RunAsync(
            new ProcessStartInfo(program, ["-n", name, "-o", "link", "show"]), "", cancellationToken);
        string[] lines = links.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return links.ExitCode == 0 && lines is [var only] && only.StartsWith("1: lo:", StringComparison.Ordinal);
    }

    [GeneratedRegex("^cni-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    private static partial Regex Name();
}
