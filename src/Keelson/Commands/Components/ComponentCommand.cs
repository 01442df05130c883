using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Keelson.Flags;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.Components;

/// <summary>A command that takes a component's flags as they are, with the habits of Go's programs.</summary>
internal static class ComponentCommand
{
    private const int HelpWidth = 120;

    /// <summary>Describes a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="what">What it does.</param>
    /// <param name="help">Its flags as help shows them.</param>
    /// <param name="run">Runs it with a command line.</param>
    public static Command Create(
        string name,
        string what,
        Func<FlagSet> help,
        Func<IReadOnlyList<string>, CancellationToken, Task<int>> run)
    {
        Command command = new(name, what) { TreatUnmatchedTokensAsErrors = false };
        command.Options.Add(new HelpOption
        {
            Action = new HelpAction(() => $"{what}\n\nUsage:\n  keelson {name} [flags]\n{help().Help(HelpWidth)}"),
        });
        command.SetAction((parsed, cancellation) => run(parsed.UnmatchedTokens, cancellation));
        return command;
    }

    /// <summary>Reads a command line and refuses what is no flag, or wrong.</summary>
    /// <exception cref="FlagException">Something is.</exception>
    public static void Parse(string name, FlagSet set, IReadOnlyList<string> arguments, Action<List<string>> validate)
    {
        IReadOnlyList<string> others = set.Parse(arguments);
        if (others.Any(one => one.Length > 0))
        {
            throw new FlagException(
                $"\"keelson {name}\" does not take any arguments, got [{string.Join(' ', others.Select(GoText.Quote))}]");
        }

        List<string> errors = [];
        validate(errors);
        if (errors.Count > 0)
        {
            throw new FlagException(errors.Count == 1 ? errors[0] : "[" + string.Join(", ", errors) + "]");
        }
    }

    private sealed class HelpAction(Func<string> text) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine(text());
            return 0;
        }
    }
}
