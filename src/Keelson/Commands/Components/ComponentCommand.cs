using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.Components;

/// <summary>A command that takes the flags of one of upstream's programs, with the habits of that program.</summary>
/// <param name="name">The word to type.</param>
/// <param name="help">What help says of it.</param>
/// <param name="flags">Makes the flags, for help.</param>
/// <param name="run">Runs it with a command line.</param>
internal sealed class ComponentCommand(
    string name,
    CommandHelp help,
    Func<FlagSet> flags,
    Func<IReadOnlyList<string>, CancellationToken, Task<int>> run) : UserCommand(name, help)
{
    /// <inheritdoc/>
    public override IEnumerable<Flag> KnownFlags => flags().All;

    /// <inheritdoc/>
    protected override bool TakesLineAsIs => true;

    /// <summary>Reads a command line and refuses what is no flag, or wrong.</summary>
    /// <exception cref="FlagException">Something is.</exception>
    public static void Parse(string name, FlagSet set, IReadOnlyList<string> arguments, Action<List<string>> validate)
    {
        IReadOnlyList<string> others = set.Parse(arguments);
        if (others.Any(one => one.Length > 0))
        {
            string got = string.Join(' ', others.Select(GoText.Quote));
            throw new FlagException($"\"keelson {name}\" does not take any arguments, got [{got}]");
        }

        List<string> errors = [];
        validate(errors);
        if (errors.Count > 0)
        {
            throw new FlagException(errors.Count == 1 ? errors[0] : "[" + string.Join(", ", errors) + "]");
        }
    }

    /// <inheritdoc/>
    protected override string FlagHelp(int width) => flags().Help(width);

    /// <inheritdoc/>
    protected override Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (arguments.TakeWhile(static one => one != "--").Any(static one => one is "--help" or "-h"))
        {
            Console.Output.Write(HelpText());
            return Task.FromResult(0);
        }

        if (arguments.Contains("--version") || arguments.Contains("--version=true"))
        {
            Console.Output.Write($"Kubernetes {Keelson.Nodes.NodeAgentConfig.Release}\n");
            return Task.FromResult(0);
        }

        return run(arguments, cancellation);
    }
}
