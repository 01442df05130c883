using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Printing;

namespace Keelson.Commands.Check;

/// <summary><c>keelson check</c>: whether the machine can run a cluster.</summary>
internal sealed class CheckCommand : Up.MachineCommand
{
    private readonly Up.DirectoryFlags _directory;
    private readonly Flag<string> _output;

    public CheckCommand()
        : base("check", Text)
    {
        _directory = new(Flags);
        _output = Flags.Add(new Flag<string>(
            "output", FlagForms.Text, "", "json: print the findings for programs.") { Letter = 'o' });
    }

    private static CommandHelp Text { get; } = new("Look whether this machine can run a cluster.", "[flags]")
    {
        Description = """
            Look whether this machine can run a cluster: rights, kernel, cgroups, ports, programs, limits, the clock
            and the disk. Each line says ok, warn or fail, and what to do about it.

            A warning costs something, but a cluster runs.
            """,
        Examples = """
            # The machine
            keelson check

            # With the data on another disk, for a program
            keelson check --data-dir /mnt/fast/keelson -o json
            """,
        Notes = """
            Exit codes:
              0   a cluster can run
              1   something fails
              2   a flag, variable or configuration file is wrong
            """,
    };

    /// <inheritdoc/>
    protected override Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (arguments.Count > 0 || _output.Value is not ("" or "json"))
        {
            throw Usage(arguments.Count > 0
                ? $"unknown argument \"{arguments[0]}\""
                : $"--output must be json, not \"{_output.Value}\"");
        }

        string data = Reading(() => _directory.Resolve(Console.Environment));
        MachineFiles files = new();
        List<MachineFinding> findings =
        [
            .. KernelChecks.Run(files),
            .. MachineChecks.Run(files, Console.Environment("PATH") ?? "", data, Console.Clock),
        ];
        Console.Output.Write(_output.Value == "json" ? JsonText.Of(Json(findings)) : Lines(findings));
        return Task.FromResult(findings.Any(one => one.Verdict == Verdict.Fail) ? 1 : 0);
    }

    /// <summary>A line each, and the fix below.</summary>
    public static string Lines(IReadOnlyList<MachineFinding> findings)
    {
        using StringWriter text = new();
        TabWriter columns = new(text, 0, 2);
        foreach (MachineFinding one in findings)
        {
            columns.Write($"{one.Verdict.ToString().ToLowerInvariant()}\t{one.Name}\t{one.Found}\n");
            columns.Write(one.Fix.Length > 0 ? $"\t\tfix: {one.Fix}\n" : "");
        }

        columns.Flush();
        return text.ToString();
    }

    private static ListTree Json(IReadOnlyList<MachineFinding> findings) => new(
    [
        .. findings.Select(one => new ObjectTree
        {
            ["name"] = new TextTree(one.Name),
            ["verdict"] = new TextTree(one.Verdict.ToString().ToLowerInvariant()),
            ["found"] = new TextTree(one.Found),
            ["fix"] = new TextTree(one.Fix),
        }),
    ]);
}
