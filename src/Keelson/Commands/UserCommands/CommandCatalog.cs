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
    ];

    /// <summary>One of each, in the order of help.</summary>
    public static IEnumerable<UserCommand> All => Makers.Select(make => make());

    /// <summary>The command that a line starts with, and the rest of the line; null for none.</summary>
    public static (UserCommand Command, IReadOnlyList<string> Line)? Find(IReadOnlyList<string> line)
    {
        if (line is ["help", _, ..])
        {
            line = [.. line.Skip(1), "--help"];
        }

        UserCommand? found = All
            .Where(
                command => line.Take(command.Name.Count(one => one == ' ') + 1).SequenceEqual(command.Name.Split(' ')))
            .MaxBy(command => command.Name.Length);
        return found is null ? null : (found, [.. line.Skip(found.Name.Count(one => one == ' ') + 1)]);
    }

    /// <summary>Runs the command that a line starts with; null when it starts with none of these.</summary>
    public static Task<int>? Run(IReadOnlyList<string> line, CommandConsole console, CancellationToken cancellation) =>
        Find(line) is var (command, rest) ? command.InvokeAsync(rest, console, cancellation) : null;
}
