using Keelson.Api.Core.V1;

namespace Keelson.Simulation;

/// <summary>What a container does when it runs.</summary>
/// <param name="Takes">How long it runs; null for until it is stopped.</param>
/// <param name="ExitCode">How it ends.</param>
/// <param name="Output">The lines it writes when it starts.</param>
internal sealed record ContainerBehaviour(TimeSpan? Takes, int ExitCode, IReadOnlyList<string> Output)
{
    /// <summary>What a process exits with that does not heed SIGTERM and is killed.</summary>
    public const int Killed = 137;

    /// <summary>How it ends when it is stopped: servers exit, a shell as a container's first process is
    /// killed.</summary>
    public int StopExitCode { get; init; }

    /// <summary>The files it makes.</summary>
    public IReadOnlyCollection<string> Touched { get; init; } = [];
}

/// <summary>
/// Reads off a container's command what it would do. What people write in tests and examples is understood: <c>sleep
/// N</c>,
/// <c>exit N</c>, <c>true</c>, <c>false</c>, <c>echo</c>, and shells with scripts of these. Servers run on; of other
/// commands only the pod's restart policy tells whether they are meant to end.
/// </summary>
internal static class ContainerScript
{
    private static readonly string[] Shells = ["sh", "bash", "ash"];

    /// <summary>What a container does.</summary>
    /// <param name="container">The container.</param>
    /// <param name="isMeantToEnd">True for init containers, and where the pod's restart policy is not Always.</param>
    /// <param name="unknownTakes">How long a command takes that is not understood but meant to end.</param>
    /// <param name="surroundings">The variables and files it finds.</param>
    public static ContainerBehaviour Read(
        Container container, bool isMeantToEnd, TimeSpan unknownTakes, ScriptSurroundings? surroundings = null)
    {
        string[] words = [.. container.Command, .. container.Args];
        ShellScript run = new(surroundings ?? ScriptSurroundings.None);
        bool isShell = words.Length >= 3 && Shells.Contains(NameOf(words[0])) && words[1].StartsWith('-');
        bool understood = isShell ? run.Follow(words[2]) : words.Length > 0 && run.Follow(words);
        bool loops = isShell
            && (words[2].Contains("while true", StringComparison.Ordinal)
                || words[2].Contains("while :", StringComparison.Ordinal));
        if (!understood && loops)
        {
            return new(null, 0, run.Output) { StopExitCode = ContainerBehaviour.Killed };
        }

        if (!understood)
        {
            bool isServer = words.Length == 0 || words.Contains("pause") || !isMeantToEnd;
            return new(
                isServer && !isMeantToEnd ? null : isServer && words.Length == 0 ? null : unknownTakes, 0, run.Output);
        }

        return new(run.IsEndless ? null : run.Took, run.ExitCode, run.Output)
        {
            StopExitCode = run.IsTrapped ? 0 : ContainerBehaviour.Killed,
            Touched = run.Touched,
        };
    }

    /// <summary>A time as <c>sleep</c> takes it; null when it is none.</summary>
    public static TimeSpan? Sleep(string text)
    {
        if (text is "infinity" or "inf")
        {
            return Timeout.InfiniteTimeSpan;
        }

        ShellScript run = new(ScriptSurroundings.None);
        return run.Follow(["sleep", text]) ? run.Took : null;
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
