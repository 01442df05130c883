using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Configuration;
using Keelson.Flags;

namespace Keelson.Commands.Up;

/// <summary>A command about the cluster on this machine. A wrong line ends it with 2.</summary>
internal abstract class MachineCommand : UserCommand
{
    /// <summary>The exit code of a wrong command line, variable or configuration.</summary>
    public const int WrongUse = 2;

    protected MachineCommand(string name, CommandHelp help)
        : base(name, help)
    {
    }

    /// <inheritdoc/>
    protected sealed override int UsageExitCode => WrongUse;

    /// <summary>Turns the failures of reading flags and files into the command's own.</summary>
    protected T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FlagException exception)
        {
            throw new CommandException(exception.Message.Replace("\n", "\nerror: "), exception) { ExitCode = WrongUse };
        }
    }

    /// <summary>Refuses words that are no flags.</summary>
    protected void TakesNoArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0)
        {
            throw Usage($"keelson {Name} takes no arguments, got \"{arguments[0]}\"");
        }
    }
}

/// <summary>A command about a cluster that was started before, found by its directory.</summary>
internal abstract class FoundClusterCommand : MachineCommand
{
    private readonly DirectoryFlags _directory;

    protected FoundClusterCommand(string name, CommandHelp help)
        : base(name, help) => _directory = new(Flags);

    /// <summary>Where the cluster is kept.</summary>
    protected string DataDirectory => Reading(() => _directory.Resolve(Console.Environment));

    /// <summary>What names it on another command line; empty for the default.</summary>
    protected IReadOnlyList<string> Given => _directory.Given;
}

/// <summary>The flags that say where a cluster is kept.</summary>
internal sealed class DirectoryFlags(FlagSection flags)
{
    /// <summary>The directory.</summary>
    public Flag<string> Directory { get; } =
        flags.Path("data-dir", "Where the cluster is kept. Default: what --config says, else ~/.keelson.");

    /// <summary>The configuration file.</summary>
    public Flag<string> Config { get; } =
        flags.Path("config", "The file of the kind KeelsonConfiguration that the cluster was started with.");

    /// <summary>What the command line says, as words of another command line.</summary>
    public IReadOnlyList<string> Given =>
    [
        .. Config.IsSet ? (string[])["--config", Path.GetFullPath(Config.Value)] : [],
        .. Directory.IsSet ? (string[])["--data-dir", Path.GetFullPath(Directory.Value)] : [],
    ];

    /// <summary>The directory: of the command line, the environment or the file.</summary>
    /// <exception cref="FlagException">The file can't be used.</exception>
    public string Resolve(Func<string, string?> environment)
    {
        string config = First(Config.Value, environment(FlagConfiguration.VariableOf(Config)));
        string directory = First(Directory.Value, environment(FlagConfiguration.VariableOf(Directory)));
        if (directory.Length == 0 && config.Length > 0)
        {
            ConfigurationDocument file = KeelsonConfiguration.Read(config);
            directory = file.Text("", FlagConfiguration.FieldOf(Directory));
            directory = directory.Length == 0
                ? ""
                : Path.GetFullPath(directory, Path.GetDirectoryName(Path.GetFullPath(config))!);
        }

        return Default(directory, environment);
    }

    /// <summary>A directory that was named, or the default.</summary>
    public static string Default(string named, Func<string, string?> environment) =>
        Path.GetFullPath(named.Length > 0 ? named : Path.Combine(First("", environment("HOME")), ".keelson"));

    private static string First(string text, string? other) => text.Length > 0 ? text : other ?? "";
}
