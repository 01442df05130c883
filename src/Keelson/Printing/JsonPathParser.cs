using System.Globalization;
using System.Text;
using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Printing;

/// <summary>Reads JSONPath templates of kubectl's dialect.</summary>
internal sealed class JsonPathParser(string template)
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">"];
    private int _at;

    /// <summary>The parts of a template: text, and paths in braces.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static IReadOnlyList<JsonPathNode> Parse(string template)
    {
        JsonPathParser parser = new(template);
        List<JsonPathNode> nodes = parser.ReadNodes(isInRange: false);
        return nodes;
    }

    private List<JsonPathNode> ReadNodes(bool isInRange)
    {
        List<JsonPathNode> nodes = [];
        while (_at < template.Length)
        {
            int brace = template.IndexOf('{', _at);
            int end = brace < 0 ? template.Length : brace;
            if (end > _at)
            {
                nodes.Add(new TextNode(template[_at..end]));
            }

            _at = end + 1;
            if (brace < 0)
            {
                break;
            }

            if (ReadAction(nodes))
            {
                return isInRange ? nodes : throw Wrong("not in range, nothing to end");
            }
        }

        return isInRange ? throw Wrong("unterminated range") : nodes;
    }

    /// <summary>What stands between braces; true when it is <c>end</c>.</summary>
    private bool ReadAction(List<JsonPathNode> nodes)
    {
        while (true)
        {
            SkipBlanks();
            switch (Peek())
            {
                case '\0':
                    throw Wrong("unclosed action");
                case '}':
                    _at++;
                    return false;
                case '"' or '\'':
                    nodes.Add(new ValueNode(new TextTree(ReadQuoted())));
                    continue;
            }

            if (TakeWord("end"))
            {
                SkipBlanks();
                _at += Peek() == '}' ? 1 : throw Wrong("unrecognized identifier end");
                return true;
            }

            if (TakeWord("range"))
            {
                SkipBlanks();
                PathNode over = ReadPath();
                SkipBlanks();
                _at += Peek() == '}' ? 1 : throw Wrong("unclosed action");
                nodes.Add(new RangeNode(over, ReadNodes(isInRange: true)));
                return false;
            }

            nodes.Add(char.IsAsciiDigit(Peek()) || Peek() is '-' or '+' ? new ValueNode(ReadNumber()) : ReadPath());
        }
    }

    private PathNode ReadPath()
    {
        bool isFromRoot = Peek() == '$';
        int start = _at;
        if (Peek() is '$' or '@')
        {
            _at++;
        }

        List<PathStep> steps = [];
        while (true)
        {
            if (Peek() == '[')
            {
                steps.Add(ReadBrackets());
            }
            else if (Peek() == '.')
            {
                _at++;
                if (Peek() == '.')
                {
                    _at++;
                    steps.Add(new DeepStep());
                }

                if (Peek() == '*')
                {
                    _at++;
                    steps.Add(new AllStep());
                }
                else if (ReadName() is { Length: > 0 } name)
                {
                    steps.Add(new FieldStep([name]));
                }
            }
            else if (Peek() == '*' && _at == start)
            {
                _at++;
                steps.Add(new AllStep());
            }
            else
            {
                break;
            }
        }

        return _at > start
            ? new PathNode(isFromRoot, steps)
            : throw Wrong($"unrecognized character in action: U+{(int)Peek():X4} '{Peek()}'");
    }

    private string ReadName()
    {
        StringBuilder name = new();
        for (; _at < template.Length && !" \t\r\n.[]{}(),:=!<>$@'\"?|&".Contains(template[_at]); _at++)
        {
            if (template[_at] == '\\' && _at + 1 < template.Length)
            {
                _at++;
            }

            name.Append(template[_at]);
        }

        return name.ToString();
    }

    private PathStep ReadBrackets()
    {
        _at++;
        SkipBlanks();
        if (Peek() == '?')
        {
            return ReadFilter();
        }

        if (Peek() is '\'' or '"')
        {
            List<string> names = [ReadQuoted()];
            while (TakeComma())
            {
                names.Add(ReadQuoted());
            }

            Close();
            return new FieldStep(names);
        }

        int end = template.IndexOf(']', _at);
        string inside = end < 0 ? throw Wrong("unterminated array") : template[_at..end].Trim();
        _at = end + 1;
        if (inside == "*")
        {
            return new AllStep();
        }

        if (inside.Contains(':'))
        {
            int?[] bounds = [.. inside.Split(':').Select(one => one.Length == 0 ? null : (int?)Index(one, inside))];
            return new SliceStep(bounds[0], bounds[1], bounds.ElementAtOrDefault(2));
        }

        return inside.Split(',').All(one => int.TryParse(one, out _))
            ? new IndexStep([.. inside.Split(',').Select(one => Index(one, inside))])
            : new FieldStep([inside]);
    }

    private FilterStep ReadFilter()
    {
        _at++;
        SkipBlanks();
        _at += Peek() == '(' ? 1 : throw Wrong("invalid filter");
        JsonPathNode left = ReadOperand();
        SkipBlanks();
        string operation = Operators.FirstOrDefault(
            one => string.CompareOrdinal(template, _at, one, 0, one.Length) == 0) ?? "";
        _at += operation.Length;
        JsonPathNode? right = operation.Length == 0 ? null : ReadOperand();
        SkipBlanks();
        _at += Peek() == ')' ? 1 : throw Wrong("unterminated filter");
        Close();
        return new FilterStep(left, operation.Length == 0 ? "exists" : operation, right);
    }

    private JsonPathNode ReadOperand()
    {
        SkipBlanks();
        if (Peek() is '"' or '\'')
        {
            return new ValueNode(new TextTree(ReadQuoted()));
        }

        if (TakeWord("true"))
        {
            return new ValueNode(BoolTree.True);
        }

        if (TakeWord("false"))
        {
            return new ValueNode(BoolTree.False);
        }

        return char.IsAsciiDigit(Peek()) || Peek() == '-' ? new ValueNode(ReadNumber()) : ReadPath();
    }

    private Tree ReadNumber()
    {
        int start = _at++;
        while (char.IsAsciiDigit(Peek()) || Peek() == '.')
        {
            _at++;
        }

        string text = template[start.._at];
        return long.TryParse(text, CultureInfo.InvariantCulture, out long whole)
            ? IntegerTree.Of(whole)
            : double.TryParse(text, CultureInfo.InvariantCulture, out double number)
                ? new FloatTree(number)
                : throw Wrong($"cannot parse {text}");
    }

    private string ReadQuoted()
    {
        SkipBlanks();
        char quote = Peek();
        StringBuilder text = new();
        for (_at++; Peek() != quote; _at++)
        {
            if (_at >= template.Length)
            {
                throw Wrong("unterminated quoted string");
            }

            if (Peek() != '\\')
            {
                text.Append(Peek());
                continue;
            }

            _at++;
            text.Append(Peek() switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
        }

        _at++;
        return text.ToString();
    }

    private static int Index(string text, string inside) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int index)
        ? index
        : throw new CommandException($"invalid array index {inside}");

    private bool TakeWord(string word)
    {
        bool isThere = string.CompareOrdinal(template, _at, word, 0, word.Length) == 0
            && (_at + word.Length >= template.Length || !char.IsLetterOrDigit(template[_at + word.Length]));
        _at += isThere ? word.Length : 0;
        return isThere;
    }

    private bool TakeComma()
    {
        SkipBlanks();
        bool isThere = Peek() == ',';
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private void Close()
    {
        SkipBlanks();
        _at += Peek() == ']' ? 1 : throw Wrong("unterminated array");
    }

    private void SkipBlanks()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }
    }

    private char Peek() => _at < template.Length ? template[_at] : '\0';

    private CommandException Wrong(string reason) => new($"error parsing jsonpath {template}, {reason}");
}
