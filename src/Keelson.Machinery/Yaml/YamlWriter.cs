using System.Text;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Yaml;

/// <summary>
/// Writes trees as YAML byte for byte as sigs.k8s.io/yaml prints objects: keys sorted, lists not indented under their
/// key, long lines folded at the first blank past column 80.
/// </summary>
/// <remarks>
/// An emitter of our own: that of YamlDotNet picks other quotes in places, and a client that diffs would notice.
/// </remarks>
public static class YamlWriter
{
    private const int IndentWidth = 2;

    /// <summary>Longer keys take the form <c>? key</c>.</summary>
    private const int LongestSimpleKey = 128;

    /// <summary>The tree as a YAML document in UTF-8.</summary>
    public static byte[] Write(Tree tree)
    {
        YamlOutput output = new();
        WriteNode(output, tree, -1, inMapping: false);
        output.Break();
        return Encoding.UTF8.GetBytes(output.ToString());
    }

    private static void WriteNode(YamlOutput output, Tree tree, int indent, bool inMapping)
    {
        switch (tree)
        {
            case ObjectTree { Count: > 0 } node:
                WriteFields(output, node, Below(indent));
                break;
            case ListTree { Items.Count: > 0 } list:
                // A list right under a key stands where the key stands.
                bool isIndentless = inMapping && !output.IsIndention && indent >= 0;
                WriteItems(output, list, isIndentless ? indent : Below(indent));
                break;
            case ObjectTree:
                output.Indicator("{}", needsBlank: true);
                break;
            case ListTree:
                output.Indicator("[]", needsBlank: true);
                break;
            case TextTree text:
                WriteText(output, text.Value, indent, isKey: false);
                break;
            default:
                string plain = tree switch
                {
                    NullTree => "null",
                    FloatTree number => GoFloat.Format(number.Value),
                    _ => GoTree.Verb(tree),
                };
                YamlScalarWriter.Plain(output, plain, indent, mayFold: false);
                break;
        }
    }

    private static void WriteFields(YamlOutput output, ObjectTree node, int indent)
    {
        List<KeyValuePair<string, Tree>> fields = [.. node.Fields];
        fields.Sort(static (left, right) => YamlKeyOrder.Compare(left.Key, right.Key));
        foreach (KeyValuePair<string, Tree> field in fields)
        {
            output.Indent(indent);
            if (!field.Key.AsSpan().ContainsAny('\n', '\r', '\u0085') && !field.Key.AsSpan()
                .ContainsAny('\u2028', '\u2029')
                && Encoding.UTF8.GetByteCount(field.Key) <= LongestSimpleKey)
            {
                WriteText(output, field.Key, indent, isKey: true);
                output.Indicator(":", needsBlank: false);
            }
            else
            {
                output.Indicator("?", needsBlank: true, isIndention: true);
                WriteText(output, field.Key, indent, isKey: false);
                output.Indent(indent);
                output.Indicator(":", needsBlank: true, isIndention: true);
            }

            WriteNode(output, field.Value, indent, inMapping: true);
        }
    }

    private static void WriteItems(YamlOutput output, ListTree list, int indent)
    {
        foreach (Tree item in list.Items)
        {
            output.Indent(indent);
            output.Indicator("-", needsBlank: true, isIndention: true);
            WriteNode(output, item, indent, inMapping: false);
        }
    }

    private static void WriteText(YamlOutput output, string text, int indent, bool isKey)
    {
        ScalarShape shape = ScalarShape.Of(text);
        int below = indent < 0 ? IndentWidth : indent + IndentWidth;
        if (text.Contains('\n', StringComparison.Ordinal))
        {
            if (shape.AllowsBlock && !isKey)
            {
                YamlScalarWriter.Literal(output, text, below);
            }
            else
            {
                YamlScalarWriter.DoubleQuoted(output, text, below, mayFold: !isKey);
            }
        }
        else if (!YamlScalar.IsPlainText(text) || (!shape.AllowsPlain && !shape.AllowsSingleQuoted))
        {
            YamlScalarWriter.DoubleQuoted(output, text, below, mayFold: !isKey);
        }
        else if (shape.AllowsPlain)
        {
            YamlScalarWriter.Plain(output, text, below, mayFold: !isKey);
        }
        else
        {
            YamlScalarWriter.SingleQuoted(output, text, below, mayFold: !isKey);
        }
    }

    private static int Below(int indent) => indent < 0 ? 0 : indent + IndentWidth;
}

/// <summary>Text with a column, and what the last thing written was: that decides on blanks and line breaks.</summary>
internal sealed class YamlOutput
{
    /// <summary>Lines are folded past this column.</summary>
    private const int BestWidth = 80;

    private readonly StringBuilder _text = new();
    private int _column;
    private bool _isBlank = true;

    /// <summary>True as long as the line holds indentation and list marks only.</summary>
    public bool IsIndention { get; private set; } = true;

    /// <summary>True past the column where lines are folded.</summary>
    public bool IsFull => _column > BestWidth;

    public void Put(char one)
    {
        _text.Append(one);
        _column += char.IsLowSurrogate(one) ? 0 : 1;
        _isBlank = false;
        IsIndention = false;
    }

    public void Put(ReadOnlySpan<char> text)
    {
        foreach (char one in text)
        {
            Put(one);
        }
    }

    /// <summary>Ends the line, unless it is empty.</summary>
    public void Break()
    {
        if (_column > 0)
        {
            NewLine();
        }
    }

    /// <summary>Ends the line, be it empty.</summary>
    public void NewLine()
    {
        _text.Append('\n');
        _column = 0;
        _isBlank = true;
        IsIndention = true;
    }

    /// <summary>Goes to a column, on a new line where this one holds more than indentation.</summary>
    public void Indent(int column)
    {
        if (!IsIndention || _column > column || (_column == column && !_isBlank))
        {
            NewLine();
        }

        _text.Append(' ', Math.Max(column - _column, 0));
        _column = Math.Max(_column, column);
        _isBlank = true;
        IsIndention = true;
    }

    /// <summary>Writes a mark of structure.</summary>
    public void Indicator(string mark, bool needsBlank, bool isIndention = false)
    {
        bool stays = IsIndention && isIndention;
        Blank(needsBlank);
        Put(mark);
        IsIndention = stays;
    }

    /// <summary>A blank, where one is needed and missing.</summary>
    public void Blank(bool isNeeded = true)
    {
        if (isNeeded && !_isBlank)
        {
            Put(' ');
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}

/// <summary>
/// The order of keys in Go's YAML library: letters after other characters, except that a number ends before a letter;
/// runs of digits by their value, so that <c>a2</c> comes before <c>a10</c>.
/// </summary>
internal static class YamlKeyOrder
{
    public static int Compare(string left, string right)
    {
        Rune[] one = [.. left.EnumerateRunes()];
        Rune[] other = [.. right.EnumerateRunes()];
        bool afterDigit = false;
        for (int i = 0; i < one.Length && i < other.Length; i++)
        {
            if (one[i] == other[i])
            {
                afterDigit = Rune.IsDigit(one[i]);
                continue;
            }

            bool isLetter = Rune.IsLetter(one[i]);
            bool isOtherLetter = Rune.IsLetter(other[i]);
            if (isLetter && isOtherLetter)
            {
                return one[i].CompareTo(other[i]);
            }

            if (isLetter || isOtherLetter)
            {
                return isLetter == afterDigit ? -1 : 1;
            }

            return CompareNumbers(one, other, i);
        }

        return one.Length.CompareTo(other.Length);
    }

    private static int CompareNumbers(Rune[] left, Rune[] right, int start)
    {
        // A difference in zeros counts only behind a digit that gives them a place value.
        long one = 0;
        if (left[start].Value == '0' || right[start].Value == '0')
        {
            for (int j = start - 1; j >= 0 && Rune.IsDigit(left[j]); j--)
            {
                if (left[j].Value != '0')
                {
                    one = 1;
                    break;
                }
            }
        }

        long other = one;
        int end = Scan(left, start, ref one);
        int otherEnd = Scan(right, start, ref other);
        if (one != other)
        {
            return one.CompareTo(other);
        }

        return end != otherEnd ? end.CompareTo(otherEnd) : left[start].CompareTo(right[start]);
    }

    private static int Scan(Rune[] text, int start, ref long number)
    {
        int at = start;
        for (; at < text.Length && Rune.IsDigit(text[at]); at++)
        {
            number = unchecked((number * 10) + (text[at].Value - '0'));
        }

        return at;
    }
}
