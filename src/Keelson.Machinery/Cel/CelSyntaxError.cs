using System.Globalization;
using System.Text;

namespace Keelson.Machinery.Cel;

/// <summary>Why an expression is none.</summary>
/// <param name="Offset">Where it shows.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record CelSyntaxError(int Offset, string Message)
{
    /// <summary>The error with the line it is in and a mark below the place, as the reference implementation shows
    /// it.</summary>
    public string Show(string text)
    {
        int offset = Math.Min(Offset, text.Length);
        int start = offset == 0 ? 0 : text.LastIndexOf('\n', offset - 1) + 1;
        int end = text.IndexOf('\n', offset);
        string line = text[start..(end < 0 ? text.Length : end)];
        int number = text.AsSpan(0, offset).Count('\n') + 1;
        int column = 0;
        foreach (Rune _ in text.AsSpan(start, offset - start).EnumerateRunes())
        {
            column++;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"ERROR: <input>:{number}:{column + 1}: {Message}\n | {line}\n | {new string('.', column)}^");
    }
}
