using System.Text;
using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Printing;

/// <summary>What a list shows beside the server's columns.</summary>
internal sealed record TableOptions
{
    public bool IsWide { get; init; }

    public bool HasNoHeaders { get; init; }

    public bool ShowsLabels { get; init; }

    public bool ShowsNamespace { get; init; }

    /// <summary>What stands before names, with a slash; null for nothing.</summary>
    public string? Kind { get; init; }

    /// <summary>Labels that have columns of their own.</summary>
    public IReadOnlyList<string> LabelColumns { get; init; } = [];
}

/// <summary>Prints a server's Tables as kubectl does.</summary>
internal sealed class TablePrinter(TabWriter output, TableOptions options)
{
    /// <summary>The media types that make a server answer with a Table.</summary>
    public const string Accept = "application/json;as=Table;v=v1;g=meta.k8s.io,"
        + "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

    private const string Escape = "\u001b";
    private string _lastColumns = "";
    private IReadOnlyList<ObjectTree> _columns = [];

    /// <summary>Prints the rows; the headers only when they differ from the last ones.</summary>
    /// <param name="table">The Table. Later events of a watch have no columns: those of the first hold.</param>
    /// <param name="eventType">What a watch says of the row; null for no such column.</param>
    public void Print(ObjectTree table, string? eventType = null)
    {
        _columns = table.Objects("columnDefinitions") is { Count: > 0 } given ? given : _columns;
        IReadOnlyList<ObjectTree> rows = table.Objects("rows");
        if (rows.Count == 0)
        {
            return;
        }

        List<int> shown = [];
        List<string> headers = [];
        for (int i = 0; i < _columns.Count; i++)
        {
            if (options.IsWide || (_columns[i].Number("priority") ?? 0) == 0)
            {
                shown.Add(i);
                headers.Add(_columns[i].TextAt("name").ToUpperInvariant());
            }
        }

        int nameColumn = _columns.ToList().FindIndex(
            column => column.TextAt("format") == "name" && column.TextAt("type") == "string");
        string line = string.Join('\t', Decorated(headers, eventType is null ? null : "EVENT", "NAMESPACE",
            options.LabelColumns.Select(label => label[(label.LastIndexOf('/') + 1)..].ToUpperInvariant()), "LABELS"));
        if (!options.HasNoHeaders && line != _lastColumns)
        {
            output.Write(line + "\n");
        }

        _lastColumns = line;
        foreach (ObjectTree row in rows)
        {
            PrintRow(row, shown, nameColumn, eventType);
        }
    }

    private void PrintRow(ObjectTree row, List<int> shown, int nameColumn, string? eventType)
    {
        List<Tree> cells = row.At("cells") is ListTree list ? list.Items : [];
        List<string> texts = [];
        foreach (int column in shown.Where(column => column < cells.Count))
        {
            string text = CellText(cells[column]);
            texts.Add(column == nameColumn && options.Kind is { } kind ? $"{kind}/{text}" : text);
        }

        ObjectTree item = row.Node("object") ?? new ObjectTree();
        IReadOnlyList<KeyValuePair<string, string>> labels = item.Pairs("metadata", "labels");
        IEnumerable<string> labelCells = options.LabelColumns.Select(
            label => labels.FirstOrDefault(one => one.Key == label).Value ?? "");
        string all = labels.Count == 0 ? "<none>" : string.Join(',', labels.Select(one => $"{one.Key}={one.Value}"));
        output.Write(string.Join('\t', Decorated(texts, eventType, item.Namespace(), labelCells, all)) + "\n");
    }

    private IEnumerable<string> Decorated(
        IEnumerable<string> cells, string? eventType, string @namespace, IEnumerable<string> labelCells, string labels)
    {
        IEnumerable<string> all = cells.Concat(labelCells);
        all = options.ShowsNamespace ? all.Prepend(@namespace) : all;
        all = eventType is not null ? all.Prepend(eventType) : all;
        return options.ShowsLabels ? all.Append(labels) : all;
    }

    /// <summary>A cell's text up to its first line break, with what could steer a terminal shown as such.</summary>
    private static string CellText(Tree cell)
    {
        if (cell is NullTree)
        {
            return "";
        }

        string text = cell is TextTree plain ? plain.Value : GoTree.Verb(cell);
        int end = text.AsSpan().IndexOfAny('\f', '\n', '\r');
        StringBuilder shown = new(end < 0 ? text : text[..end] + "...");
        return shown.Replace(Escape, "^[").Replace('\t', ' ').ToString();
    }
}
