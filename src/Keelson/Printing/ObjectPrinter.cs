using System.Text;
using Keelson.Clusters;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Yaml;

namespace Keelson.Printing;

/// <summary>The flag <c>-o</c>: in which form objects are printed.</summary>
internal sealed class OutputFlag(FlagSection flags, string forms)
{
    public Flag<string> Output { get; } = flags.Add(new Flag<string>(
        "output", FlagForms.Text, "", $"Output format. One of: ({forms}).") { Letter = 'o' });

    public Flag<string> Template { get; } = flags.Text("template", "", "The template of -o jsonpath, or its file.");

    public Flag<bool> ShowsManagedFields { get; } = flags.Switch("show-managed-fields", false,
        "Keep the managed fields when printing objects in JSON or YAML.");

    /// <summary>The printer that was asked for; null for the form that people read.</summary>
    /// <exception cref="CommandException">There is no such form.</exception>
    public IObjectPrinter? Printer()
    {
        (string form, string template) = Output.Value.IndexOf('=') is > 0 and int equals
            ? (Output.Value[..equals], Output.Value[(equals + 1)..])
            : (Output.Value, Template.Value);
        IObjectPrinter? printer = form switch
        {
            "" or "wide" => null,
            "json" => new TextPrinter(JsonText.Of),
            "yaml" => new YamlPrinter(),
            "name" => new NamePrinter(),
            "jsonpath" => new JsonPathPrinter(Required(template)),
            "jsonpath-file" => new JsonPathPrinter(ReadFile(template)),
            "custom-columns" => CustomColumnsPrinter.Of(Columns(template)),
            "custom-columns-file" => CustomColumnsPrinter.OfFile(ReadFile(template)),
            _ => throw new CommandException(
                $"unable to match a printer suitable for the output format \"{Output.Value}\", "
                + $"allowed formats are: {forms.Replace(", ", ",")}"),
        };
        bool isWhole = printer is null or NamePrinter or JsonPathPrinter or CustomColumnsPrinter;
        return isWhole || ShowsManagedFields.Value ? printer : new WithoutManagedFields(printer!);
    }

    private static string Required(string template) => template.Length > 0
        ? template
        : throw new CommandException("template format specified but no template given");

    private static string Columns(string spec) => spec.Length > 0
        ? spec
        : throw new CommandException("custom-columns format specified but no custom columns given");

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(Required(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"error reading --template {path}, {exception.Message}", exception);
        }
    }
}

/// <summary>Prints objects in a form for programs.</summary>
internal interface IObjectPrinter
{
    void Print(ObjectTree obj, TextWriter output);

    /// <summary>Ends the output, for forms that need all objects first.</summary>
    void Finish(TextWriter output)
    {
    }
}

/// <summary>Objects as texts of their own.</summary>
internal sealed class TextPrinter(Func<Tree, string> text) : IObjectPrinter
{
    public void Print(ObjectTree obj, TextWriter output) => output.Write(text(obj));
}

/// <summary>YAML, documents apart.</summary>
internal sealed class YamlPrinter : IObjectPrinter
{
    private bool _isSecond;

    public void Print(ObjectTree obj, TextWriter output)
    {
        output.Write(_isSecond ? "---\n" : "");
        output.Write(Encoding.UTF8.GetString(YamlWriter.Write(obj)));
        _isSecond = true;
    }
}

/// <summary><c>deployment.apps/web</c>.</summary>
internal sealed class NamePrinter : IObjectPrinter
{
    public void Print(ObjectTree obj, TextWriter output)
    {
        if (obj["items"] is ListTree)
        {
            foreach (ObjectTree item in obj.Objects("items"))
            {
                Print(item, output);
            }

            return;
        }

        output.Write(NameOf(obj) + "\n");
    }

    public static string NameOf(ObjectTree obj)
    {
        string version = obj.ApiVersion();
        string group = version.IndexOf('/') is > 0 and int slash ? "." + version[..slash] : "";
        return $"{obj.Kind().ToLowerInvariant()}{group}/{obj.Name()}";
    }
}

/// <summary>A JSONPath template filled in.</summary>
internal sealed class JsonPathPrinter(string template) : IObjectPrinter
{
    private readonly JsonPath _path = new(template);

    public void Print(ObjectTree obj, TextWriter output) => output.Write(_path.Print(obj));
}

/// <summary>Objects without the notes of who set which field.</summary>
internal sealed class WithoutManagedFields(IObjectPrinter printer) : IObjectPrinter
{
    public void Print(ObjectTree obj, TextWriter output)
    {
        foreach (ObjectTree one in obj["items"] is ListTree ? obj.Objects("items") : [obj])
        {
            one.Node("metadata")?.Remove("managedFields");
        }

        printer.Print(obj, output);
    }

    public void Finish(TextWriter output) => printer.Finish(output);
}

/// <summary>Columns of one's own: <c>NAME:.metadata.name,IMAGE:.spec.image</c>.</summary>
internal sealed class CustomColumnsPrinter(IReadOnlyList<(string Header, JsonPath Path)> columns) : IObjectPrinter
{
    private readonly StringBuilder _text = new(string.Join('\t', columns.Select(column => column.Header)) + "\n");

    public static CustomColumnsPrinter Of(string spec) => new(
    [
        .. from part in spec.Split(',')
           let colon = part.IndexOf(':')
           select colon > 0
               ? (part[..colon], JsonPath.Relaxed(part[(colon + 1)..]))
               : throw new CommandException(
                   $"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"),
    ]);

    public static CustomColumnsPrinter OfFile(string text)
    {
        string[][] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        return lines.Length == 2 && lines[0].Length == lines[1].Length
            ? new([.. lines[0].Zip(lines[1], (header, path) => (header, JsonPath.Relaxed(path)))])
            : throw new CommandException("a file of custom columns has a line of headers and a line of paths");
    }

    public void Print(ObjectTree obj, TextWriter output)
    {
        foreach (ObjectTree one in obj["items"] is ListTree ? obj.Objects("items") : [obj])
        {
            _text.AppendJoin('\t', columns.Select(column => Cell(column.Path, one))).Append('\n');
        }
    }

    public void Finish(TextWriter output)
    {
        TabWriter table = TabWriter.ForTables(output);
        table.Write(_text.ToString());
        table.Flush();
    }

    private static string Cell(JsonPath path, ObjectTree obj)
    {
        IReadOnlyList<Tree> values = path.Find(obj);
        return values.Count == 0 ? "<none>" : string.Join(',', values.Select(GoTree.Verb));
    }
}
