using Keelson.Printing;

namespace Keelson.Commands.Describe;

/// <summary>The text of a description: lines at levels, columns by tabs.</summary>
internal sealed class Description
{
    private readonly StringWriter _text = new();
    private readonly TabWriter _columns;
    private TextWriter? _raw;

    public Description() => _columns = TabWriter.ForDescriptions(_text);

    /// <summary>A description whose tabs stay tabs.</summary>
    public static Description Raw(TextWriter output) => new() { _raw = output };

    /// <summary>Takes text; each level is two blanks before it.</summary>
    public void Write(int level, string text)
    {
        string line = new string(' ', level * 2) + text.Replace("\u001b", "^[");
        if (_raw is not null)
        {
            _raw.Write(line);
        }
        else
        {
            _columns.Write(line);
        }
    }

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
