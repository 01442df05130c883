using System.Text;
using Keelson.Clusters;
using Keelson.Flags;
using Keelson.Machinery.Wire;

namespace Keelson.Commands.UserCommands;

/// <summary>What help says of a command beside its flags.</summary>
/// <param name="Summary">A line for lists of commands.</param>
/// <param name="Usage">The line to type, behind the command's name.</param>
internal sealed record CommandHelp(string Summary, string Usage)
{
    /// <summary>What it does, at length; lines as they are to be shown.</summary>
    public string Description { get; init; } = "";

    /// <summary>Lines to type, each with a comment before it.</summary>
    public string Examples { get; init; } = "";

    /// <summary>What is told behind the flags: exit codes, files, variables; with headings of its own.</summary>
    public string Notes { get; init; } = "";
}

/// <summary>A command for users. An instance serves one run: flags keep what was given.</summary>
internal abstract class UserCommand
{
    private const int HelpWidth = 100;
    private CommandConsole? _console;

    protected UserCommand(string name, CommandHelp help)
    {
        Name = name;
        Help = help;
        Flags = Set.Section("");
    }

    /// <summary>The word to type; two for <c>rollout status</c>.</summary>
    public string Name { get; }

    public CommandHelp Help { get; }

    /// <summary>All flags.</summary>
    public FlagSet Set { get; } = new();

    /// <summary>The flags that its line may have, for who completes it.</summary>
    public virtual IEnumerable<Flag> KnownFlags => Set.All;

    /// <summary>The command's own flags.</summary>
    protected FlagSection Flags { get; }

    /// <summary>Where the command reads and writes.</summary>
    protected CommandConsole Console => _console!;

    /// <summary>Whether the whole line is the command's business, flags included.</summary>
    protected virtual bool TakesLineAsIs => false;

    /// <summary>What the program ends with when the line is wrong.</summary>
    protected virtual int UsageExitCode => 1;

    /// <summary>Runs with a command line; returns what the program ends with.</summary>
    public async Task<int> InvokeAsync(
        IReadOnlyList<string> line, CommandConsole console, CancellationToken cancellation)
    {
        _console = console;
        try
        {
            IReadOnlyList<string> arguments = Read(line);
            if (Set.WantsHelp)
            {
                console.Output.Write(HelpText());
                return 0;
            }

            return await RunAsync(arguments, cancellation);
        }
        catch (Exception exception) when (Explain(exception) is { } text)
        {
            console.Output.Flush();
            console.Error.Write(text.EndsWith('\n') ? text : text + "\n");
            return exception is CommandException failure ? failure.ExitCode : 1;
        }
        finally
        {
            console.Output.Flush();
        }
    }

    /// <summary>The page that <c>--help</c> shows.</summary>
    public string HelpText()
    {
        StringBuilder text = new();
        text.Append(Help.Description.Length > 0 ? Help.Description.TrimEnd() : Help.Summary).Append('\n');
        if (Help.Examples.Length > 0)
        {
            text.Append("\nExamples:\n");
            foreach (string line in Help.Examples.TrimEnd().Split('\n'))
            {
                text.Append(line.Length > 0 ? "  " : "").Append(line).Append('\n');
            }
        }

        text.Append($"\nUsage:\n  keelson {Name} {Help.Usage}".TrimEnd()).Append('\n');
        text.Append(FlagHelp(HelpWidth));
        return text.Append(Help.Notes.Length > 0 ? "\n" + Help.Notes.TrimEnd() + "\n" : "").ToString();
    }

    /// <summary>Reads a line without running anything.</summary>
    /// <returns>What is no flag.</returns>
    /// <exception cref="CommandException">A flag is not known, or a value not right.</exception>
    public IReadOnlyList<string> Read(IReadOnlyList<string> line) => TakesLineAsIs ? line : Parse(line);

    /// <summary>The flags as help shows them.</summary>
    protected virtual string FlagHelp(int width) => TakesLineAsIs ? "" : Set.Help(width);

    /// <summary>Does what the command does.</summary>
    /// <param name="arguments">What is no flag.</param>
    /// <param name="cancellation">Ends waiting.</param>
    protected abstract Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation);

    /// <summary>A wrong use, with the way to help.</summary>
    protected CommandException Usage(string message) =>
        new($"{message}\nSee 'keelson {Name} -h' for help and examples")
        {
            IsUsage = true,
            ExitCode = UsageExitCode,
        };

    private IReadOnlyList<string> Parse(IReadOnlyList<string> line)
    {
        try
        {
            return Set.Parse(line);
        }
        catch (FlagException exception)
        {
            string hint = "";
            if (exception.Message.StartsWith("unknown flag: --", StringComparison.Ordinal))
            {
                string written = exception.Message["unknown flag: --".Length..];
                hint = Suggestions.For(written, Set.All.Select(flag => flag.Name)) is [{ } near, ..]
                    ? $"\nDid you mean --{near}?"
                    : "";
            }

            throw new CommandException($"{exception.Message}{hint}\nSee 'keelson {Name} --help' for usage.", exception)
            {
                ExitCode = UsageExitCode,
            };
        }
    }

    /// <summary>The words for a failure; null for one that is none of a user's.</summary>
    private static string? Explain(Exception exception) => exception switch
    {
        CommandException { IsBare: true } failure => failure.Message,
        CommandException failure => "error: " + failure.Message,
        ApiFailure failure => failure.Text(),
        SeveralFailures all => string.Concat(all.Failures.Select(one => Explain(one) + "\n")),
        DecodeException failure => "error: " + failure.Message,
        IOException failure => "error: " + failure.Message,
        UnauthorizedAccessException failure => "error: " + failure.Message,
        _ => null,
    };
}

/// <summary>A command that talks to a cluster.</summary>
internal abstract class ClusterCommand : UserCommand
{
    private readonly ClusterAddress _address;
    private ClusterConnection? _connection;

    protected ClusterCommand(string name, CommandHelp help)
        : base(name, help) => _address = new(Set.Section("Cluster"));

    /// <summary>The cluster.</summary>
    protected ClusterConnection Cluster => _connection!;

    /// <summary>Whether the line names a namespace.</summary>
    protected bool NamesNamespace => _address.Namespace.IsSet;

    /// <inheritdoc/>
    protected sealed override async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        CheckArguments(arguments);
        var (cluster, user, @namespace) = _address.Resolve(Console.Environment);
        using ClusterConnection connection =
            ClusterConnection.Open(cluster, user, @namespace, text => Console.Error.WriteLine(text));
        _connection = connection;
        return await RunOnClusterAsync(arguments, cancellation);
    }

    /// <summary>Refuses what is wrong whatever the cluster is.</summary>
    protected virtual void CheckArguments(IReadOnlyList<string> arguments)
    {
    }

    /// <summary>Does what the command does.</summary>
    protected abstract Task<int> RunOnClusterAsync(IReadOnlyList<string> arguments, CancellationToken cancellation);
}
