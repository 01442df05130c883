using System.CommandLine;

namespace Keelson.Commands.UserCommands;

/// <summary>The commands for users, by name.</summary>
internal static class CommandCatalog
{
    private static readonly Func<UserCommand>[] Makers =
    [
        static () => new Get.GetCommand(),
        static () => new Describe.DescribeCommand(),
        static () => new Apply.ApplyCommand(),
        static () => new Create.CreateCommand(),
        static () => new Delete.DeleteCommand(),
        static () => new Logs.LogsCommand(),
        static () => new Exec.ExecCommand(),
        static () => new PortForward.PortForwardCommand(),
        static () => new Scale.ScaleCommand(),
        static () => new Rollout.RolloutStatusCommand(),
        static () => new Rollout.RolloutHistoryCommand(),
        static () => new Rollout.RolloutUndoCommand(),
        static () => new Rollout.RolloutRestartCommand(),
        static () => Rollout.RolloutPauseCommand.Pause(),
        static () => Rollout.RolloutPauseCommand.Resume(),
        static () => new Top.TopCommand(),
        static () => new Events.EventsCommand(),
        static () => new Wait.WaitCommand(),
        static () => Label.LabelCommand.ForLabels(),
        static () => Label.LabelCommand.ForAnnotations(),
        static () => Nodes.CordonCommand.Cordon(),
        static () => Nodes.CordonCommand.Uncordon(),
        static () => new Nodes.DrainCommand(),
        static () => new Kubectl.KubectlCommand(),
        static () => new Check.CheckCommand(),
        static () => new Versions.VersionCommand(),
        static () => new Completion.CompletionCommand(),
        static () => new Completion.CompleteCommand(),
    ];

    /// <summary>One of each, in the order of help; that which only shells use has no summary.</summary>
    public static IEnumerable<UserCommand> All => Makers.Select(static make => make());

    /// <summary>The first words of all commands of the program.</summary>
    public static IEnumerable<string> Words => All.Where(command => command.Help.Summary.Length > 0)
        .Select(command => command.Name.Split(' ')[0])
        .Concat(KeelsonCommand.Create().Subcommands.Select(command => command.Name)).Distinct();

    /// <summary>The command that a line starts with, and the rest of the line; null for none.</summary>
    public static (UserCommand Command, IReadOnlyList<string> Line)? Find(IReadOnlyList<string> line)
    {
        if (line is ["help", _, ..])
        {
            line = [.. line.Skip(1), "--help"];
        }

        UserCommand? found = All.Where(command => StartsWith(line, command.Name.Split(' ')))
            .MaxBy(command => command.Name.Length);
        return found is null ? null : (found, [.. line.Skip(found.Name.Split(' ').Length)]);
    }

    /// <summary>Runs the command that a line starts with; null when it starts with none of these, nor with a word that
    /// no command has.</summary>
    public static Task<int>? Run(IReadOnlyList<string> line, CommandConsole console, CancellationToken cancellation)
    {
        if (Find(line) is var (command, rest))
        {
            return command.InvokeAsync(rest, console, cancellation);
        }

        bool isKnown = line.Count == 0 || line[0].StartsWith('-') || line[0].StartsWith('[')
            || KeelsonCommand.Create().Subcommands.Any(one => one.Name == line[0]);
        return isKnown ? null : Task.FromResult(Refuse(line, console));
    }

    /// <summary>The same commands as the program's help lists them.</summary>
    public static IEnumerable<Command> Listed() => All.Where(command => command.Help.Summary.Length > 0)
        .GroupBy(command => command.Name.Split(' ')[0])
        .Select(group => new Command(
            group.Key,
            group.Count() > 1
                ? $"Follow or change the rollout of a workload: "
                    + $"{string.Join(", ", group.Select(one => one.Name.Split(' ')[1]))}."
                : group.First().Help.Summary));

    private static int Refuse(IReadOnlyList<string> line, CommandConsole console)
    {
        IEnumerable<string> second = All.Select(command => command.Name.Split(' '))
            .Where(name => name.Length == 2 && name[0] == line[0]).Select(name => name[1]);
        List<string> words = [.. second];
        if (words.Count > 0 && (line.Count == 1 || line[1].StartsWith('-')))
        {
            console.Output.Write($"Usage:\n  keelson {line[0]} ({string.Join(" | ", words)}) [flags]\n");
            return line.Count == 1 ? 1 : 0;
        }

        string wrong = words.Count > 0 ? line[1] : line[0];
        string under = words.Count > 0 ? "keelson " + line[0] : "keelson";
        IReadOnlyList<string> near = Suggestions.For(wrong, words.Count > 0 ? words : Words);
        console.Error.Write($"error: unknown command \"{wrong}\" for \"{under}\"\n");
        console.Error.Write(near.Count == 0
            ? $"Run '{under} --help' for the commands there are.\n"
            : $"\nDid you mean this?\n{string.Concat(near.Select(one => $"\t{one}\n"))}");
        return 1;
    }

    private static bool StartsWith(IReadOnlyList<string> line, string[] words) =>
        line.Count >= words.Length && line.Take(words.Length).SequenceEqual(words);
}
