using System.Text;

namespace Keelson.Printing;

/// <summary>
/// Text in columns as Go's text/tabwriter lays it out: cells end with tabs, and a column is as wide as its widest cell
/// in the lines that follow one another and have it. The last cell of a line belongs to no column.
/// </summary>
/// <param name="output">Gets the lines.</param>
/// <param name="minWidth">The least width of a column, padding included.</param>
/// <param name="padding">Blanks behind the widest cell.</param>
/// <param name="remembers">Whether a column stays as wide as it once was.</param>
internal sealed class TabWriter(TextWriter output, int minWidth, int padding, bool remembers = false)
{
    private readonly List<string[]> _lines = [];
    private readonly List<int> _remembered = [];
    private readonly StringBuilder _line = new();

    /// <summary>The layout of kubectl's lists.</summary>
    public static TabWriter ForTables(TextWriter output) => new(output, 6, 3, remembers: true);

    /// <summary>The layout of kubectl's descriptions.</summary>
    public static TabWriter ForDescriptions(TextWriter output) => new(output, 0, 2);

    /// <summary>Takes text; newlines end lines, tabs cells.</summary>
    public void Write(string text)
    {
        int start = 0;
        for (int end; (end = text.IndexOf('\n', start)) >= 0; start = end + 1)
        {
            _line.Append(text, start, end - start);
            _lines.Add(_line.ToString().Split('\t'));
            _line.Clear();
        }

        _line.Append(text, start, text.Length - start);
    }

    /// <summary>Writes what came so far.</summary>
    public void Flush()
    {
        bool isOpen = _line.Length > 0;
        if (isOpen)
        {
            _lines.Add(_line.ToString().Split('\t'));
            _line.Clear();
        }

        StringBuilder text = new();
        Format(text, 0, _lines.Count, []);
        if (isOpen)
        {
            text.Length--;
        }

        _lines.Clear();
        output.Write(text);
    }

    /// <summary>Lets columns be narrower than before.</summary>
    public void Forget() => _remembered.Clear();

    private void Format(StringBuilder text, int first, int end, List<int> widths)
    {
        int column = widths.Count;
        int written = first;
        for (int at = first; at < end; at++)
        {
            if (column >= _lines[at].Length - 1)
            {
                continue;
            }

            WriteLines(text, written, at, widths);
            int block = at;
            int width = minWidth;
            for (; at < end && column < _lines[at].Length - 1; at++)
            {
                width = Math.Max(width, WidthOf(_lines[at][column]) + padding);
            }

            widths.Add(Remember(column, width));
            Format(text, block, at, widths);
            widths.RemoveAt(column);
            written = at;
            at--;
        }

        WriteLines(text, written, end, widths);
    }

    private int Remember(int column, int width)
    {
        if (!remembers)
        {
            return width;
        }

        if (column == _remembered.Count)
        {
            _remembered.Add(width);
        }

        return _remembered[column] = Math.Max(width, _remembered[column]);
    }

    private void WriteLines(StringBuilder text, int first, int end, List<int> widths)
    {
        for (int at = first; at < end; at++)
        {
            string[] cells = _lines[at];
            for (int column = 0; column < cells.Length; column++)
            {
                text.Append(cells[column]);
                if (column < widths.Count)
                {
                    text.Append(' ', Math.Max(0, widths[column] - WidthOf(cells[column])));
                }
            }

            text.Append('\n');
        }
    }

    private static int WidthOf(string cell)
    {
        int width = 0;
        foreach (Rune _ in cell.EnumerateRunes())
        {
            width++;
        }

        return width;
    }
}
