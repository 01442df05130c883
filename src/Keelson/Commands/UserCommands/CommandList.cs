using System.Text;

namespace Keelson.Commands.UserCommands;

/// <summary>The page that the program shows without a command: what commands there are.</summary>
internal static class CommandList
{
    private static readonly (CommandGroup Group, string Heading)[] Headings =
    [
        (CommandGroup.Machine, "A cluster on this machine"),
        (CommandGroup.Objects, "What is in a cluster, with kubectl's flags and output"),
        (CommandGroup.Components, "One part of a cluster alone, with the flags of upstream's program"),
        (CommandGroup.Program, "This program"),
    ];

    /// <summary>All commands.</summary>
    public static string Text()
    {
        StringBuilder text = new("""
            Keelson: a complete Kubernetes cluster in one program.

            Usage:
              keelson COMMAND [flags]

            """);
        foreach ((CommandGroup group, string heading) in Headings)
        {
            text.Append($"\n{heading}:\n");
            foreach (IGrouping<string, CommandEntry> one in CommandCatalog.Shown.Where(entry => entry.Group == group)
                .GroupBy(static entry => entry.Name.Split(' ')[0]))
            {
                string words = string.Join(", ", CommandCatalog.SecondWords(one.Key));
                string summary = words.Length == 0
                    ? one.First().Make().Help.Summary
                    : $"Follow or change the rollout of a workload: {words}.";
                text.Append($"  {one.Key,-20}{summary}\n");
            }
        }

        return text.Append("""

            Start with: keelson up
            keelson COMMAND --help says what a command does, with examples. keelson --version tells the version.

            """).ToString();
    }

    /// <summary>The commands that begin with the same word.</summary>
    public static string Text(string first, IReadOnlyList<string> second)
    {
        StringBuilder text = new($"Usage:\n  keelson {first} ({string.Join(" | ", second)}) [flags]\n\nCommands:\n");
        foreach (CommandEntry one in CommandCatalog.All.Where(entry =>
            entry.Name.StartsWith(first + " ", StringComparison.Ordinal)))
        {
            text.Append($"  {one.Name.Split(' ')[1],-20}{one.Make().Help.Summary}\n");
        }

        return text.ToString();
    }
}
