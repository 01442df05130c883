namespace Keelson.Commands.UserCommands;

/// <summary>The commands for users, by name.</summary>
internal static class CommandCatalog
{
    private static readonly Func<UserCommand>[] Makers =
    [
        static () => new Get.GetCommand(),
        static () => new Describe.DescribeCommand(),
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
            .Where(command => line.Take(command.Name.Count(one => one == ' ') + 1).SequenceEqual(command.Name.Split(' ')))
            .MaxBy(command => command.Name.Length);
        return found is null ? null : (found, [.. line.Skip(found.Name.Count(one => one == ' ') + 1)]);
    }

    /// <summary>Runs the command that a line starts with; null when it starts with none of these.</summary>
    public static Task<int>? Run(IReadOnlyList<string> line, CommandConsole console, CancellationToken cancellation) =>
        Find(line) is var (command, rest) ? command.InvokeAsync(rest, console, cancellation) : null;
}
