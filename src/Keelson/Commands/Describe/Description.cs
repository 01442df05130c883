using Keelson.Printing;

namespace Keelson.Commands.Describe;

/// <summary>The text of a description: lines at levels, columns by tabs.</summary>
internal sealed class Description
{
    private readonly StringWriter _text = new();
    private readonly TabWriter _columns;

    public Description() => _columns = TabWriter.ForDescriptions(_text);

    /// <summary>Takes text; each level is two blanks before it.</summary>
    public void Write(int level, string text) =>
        _columns.Write(new string(' ', level * 2) + text.Replace("\u001b", "^["));

    /// <summary>A line at the outermost level.</summary>
    public void Line(string text) => Write(0, text + "\n");

    /// <summary>Ends the columns so far.</summary>
    public void Flush() => _columns.Flush();

    public override string ToString()
    {
        _columns.Flush();
        return _text.ToString();
    }
}
