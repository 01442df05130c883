using Keelson.Clusters;
using Keelson.Flags;
using Keelson.Machinery.Trees;

namespace Keelson.Printing;

/// <summary>The flags <c>-o</c> and <c>--dry-run</c> of commands that change objects, and how a change is
/// told.</summary>
internal sealed class ChangeOutput(FlagSection flags)
{
    private IObjectPrinter? _printer;

    public OutputFlag Output { get; } = new(flags, "json, yaml, name, jsonpath, jsonpath-file");

    public Flag<string> DryRun { get; } = flags.Add(new Flag<string>("dry-run", FlagForms.Text, "none",
        "Must be none, server or client: client only shows what would be sent, server has it checked but not kept.")
    {
        BareValue = "unchanged",
    });

    /// <summary>Whether nothing is to be sent.</summary>
    public bool IsClientOnly => DryRun.Value == "client";

    /// <summary>The query's part.</summary>
    public string Query => DryRun.Value == "server" ? "&dryRun=All" : "";

    /// <summary>Refuses values that are none.</summary>
    /// <exception cref="CommandException">One is.</exception>
    public void Check()
    {
        _printer = Output.Printer();
        if (DryRun.Value is not ("none" or "server" or "client"))
        {
            throw new CommandException(
                $"Invalid dry-run value ({DryRun.Value}). Must be \"none\", \"server\", or \"client\".");
        }
    }

    /// <summary>Tells of a change: in words, or the object in the form asked for.</summary>
    public void Tell(TextWriter output, ApiResource resource, ObjectTree obj, string operation)
    {
        _printer ??= Output.Printer();
        if (_printer is not null)
        {
            _printer.Print(obj, output);
        }
        else
        {
            string suffix = DryRun.Value switch { "client" => " (dry run)", "server" => " (server dry run)", _ => "" };
            output.Write($"{resource.GroupKind}/{obj.Name()} {operation}{suffix}\n");
        }
    }
}
