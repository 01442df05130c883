using System.Globalization;
using System.Text;

namespace Keelson.Network.Dns;

/// <summary>
/// What of Go's templates answers are written with: fields of the question, <c>index</c>, <c>parseInt</c>,
/// <c>printf</c>, comparisons, pipes and <c>if</c>. Other parts of the language are refused when a template is read.
/// </summary>
internal sealed class GoTemplate
{
    private readonly List<Node> _nodes;

    private GoTemplate(List<Node> nodes) => _nodes = nodes;

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">It is none, or has what is not known here.</exception>
    public static GoTemplate Parse(string text)
    {
        Queue<(bool IsAction, string Text)> parts = new(Parts(text));
        List<Node> nodes = Nodes(parts, out string? end);
        return end is null ? new(nodes) : throw new FormatException($"unexpected {{{{{end}}}}}");
    }

    /// <summary>Fills the template in.</summary>
    /// <param name="fields">The values that there are: texts, lists and dictionaries of texts.</param>
    /// <exception cref="FormatException">A value is not what the template takes it for.</exception>
    public string Fill(IReadOnlyDictionary<string, object> fields)
    {
        StringBuilder text = new();
        _nodes.ForEach(one => one.Write(text, fields));
        return text.ToString();
    }

    /// <summary>Texts and actions in turn; a dash at an action's brace takes away the white space beside it.</summary>
    private static IEnumerable<(bool IsAction, string Text)> Parts(string text)
    {
        int place = 0;
        bool trims = false;
        while (place <= text.Length)
        {
            int start = text.IndexOf("{{", place, StringComparison.Ordinal);
            int stop = start < 0 ? text.Length : start;
            bool trimsBefore = start >= 0 && text.AsSpan(start).StartsWith("{{- ");
            string plain = text[place..stop];
            plain = trims ? plain.TrimStart() : plain;
            yield return (false, trimsBefore ? plain.TrimEnd() : plain);
            if (start < 0)
            {
                yield break;
            }

            int end = text.IndexOf("}}", start, StringComparison.Ordinal);
            if (end < 0)
            {
                throw new FormatException("unclosed action");
            }

            string action = text[(start + (trimsBefore ? 3 : 2))..end];
            trims = action.EndsWith(" -", StringComparison.Ordinal);
            yield return (true, (trims ? action[..^2] : action).Trim());
            place = end + 2;
        }
    }

    private static List<Node> Nodes(Queue<(bool IsAction, string Text)> parts, out string? end)
    {
        List<Node> nodes = [];
        end = null;
        while (parts.TryDequeue(out (bool IsAction, string Text) part))
        {
            if (!part.IsAction)
            {
                nodes.Add(new(part.Text, null, [], []));
            }
            else if (part.Text is "end" or "else" || part.Text.StartsWith("else if ", StringComparison.Ordinal))
            {
                end = part.Text;
                return nodes;
            }
            else if (part.Text.StartsWith("if ", StringComparison.Ordinal))
            {
                nodes.Add(Choice(part.Text[3..], parts));
            }
            else if (!part.Text.StartsWith("/*", StringComparison.Ordinal))
            {
                nodes.Add(new(null, GoExpression.Parse(part.Text), null, []));
            }
        }

        return nodes;
    }

    private static Node Choice(string condition, Queue<(bool IsAction, string Text)> parts)
    {
        List<Node> yes = Nodes(parts, out string? end);
        List<Node> no = [];
        if (end == "else")
        {
            no = Nodes(parts, out end);
        }
        else if (end is not (null or "end"))
        {
            return new(null, GoExpression.Parse(condition), yes, [Choice(end["else if ".Length..], parts)]);
        }

        return end == "end" ? new(null, GoExpression.Parse(condition), yes, no)
            : throw new FormatException("unexpected EOF");
    }

    /// <summary>A text, a value, or a choice.</summary>
    private sealed record Node(string? Plain, GoExpression? Value, List<Node>? Yes, List<Node> No)
    {
        public void Write(StringBuilder text, IReadOnlyDictionary<string, object> fields)
        {
            if (Value is null)
            {
                text.Append(Plain);
            }
            else if (Yes is null)
            {
                text.Append(GoExpression.Text(Value.Of(fields)));
            }
            else
            {
                (GoExpression.IsTrue(Value.Of(fields)) ? Yes : No).ForEach(one => one.Write(text, fields));
            }
        }
    }
}

/// <summary>A value of a template: a field, a text, a number, or a function of others.</summary>
internal sealed class GoExpression
{
    private static readonly HashSet<string> Functions =
        ["index", "parseInt", "printf", "print", "len", "eq", "ne", "and", "or", "not"];

    private readonly string _function;
    private readonly IReadOnlyList<GoExpression> _arguments;
    private readonly object? _value;

    private GoExpression(string function, IReadOnlyList<GoExpression> arguments, object? value)
    {
        _function = function;
        _arguments = arguments;
        _value = value;
    }

    /// <summary>Reads an expression; what stands before a pipe is the last argument of what stands behind.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static GoExpression Parse(string text)
    {
        Queue<string> words = new(Words(text));
        GoExpression value = Pipe(words);
        return words.Count == 0 ? value : throw new FormatException($"unexpected \"{words.Peek()}\"");
    }

    /// <summary>The value.</summary>
    /// <exception cref="FormatException">An argument is not what the function takes.</exception>
    public object Of(IReadOnlyDictionary<string, object> fields)
    {
        switch (_function)
        {
            case "":
                return _value!;
            case ".":
                return Field((string)_value!, fields);
            case "and":
                return _arguments.Select(one => one.Of(fields)).Aggregate((a, b) => IsTrue(a) ? b : a);
            case "or":
                return _arguments.Select(one => one.Of(fields)).Aggregate((a, b) => IsTrue(a) ? a : b);
        }

        object[] values = [.. _arguments.Select(one => one.Of(fields))];
        return _function switch
        {
            "index" when values is [IReadOnlyList<string> list, long place] =>
                place >= 0 && place < list.Count ? list[(int)place]
                    : throw new FormatException($"index out of range: {place}"),
            "index" when values is [IReadOnlyDictionary<string, string> map, string key] =>
                map.GetValueOrDefault(key) ?? "",
            "parseInt" when values is [string digits, long radix, long bits] => Number(digits, (int)radix, (int)bits),
            "printf" when values is [string format, ..] => Format(format, values[1..]),
            "print" => string.Concat(values.Select(Text)),
            "len" when values is [IReadOnlyList<string> list] => (long)list.Count,
            "len" when values is [string text] => (long)text.Length,
            "eq" when values.Length > 1 => values[1..].Any(one => one.Equals(values[0])),
            "ne" when values.Length == 2 => !values[1].Equals(values[0]),
            "not" when values.Length == 1 => !IsTrue(values[0]),
            _ => throw new FormatException($"wrong arguments for {_function}"),
        };
    }

    /// <summary>A value as it is written.</summary>
    public static string Text(object value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        IReadOnlyList<string> list => "[" + string.Join(' ', list) + "]",
        _ => throw new FormatException("a value can't be written"),
    };

    /// <summary>What holds: all but empty values.</summary>
    public static bool IsTrue(object value) => value switch
    {
        string text => text.Length > 0,
        bool truth => truth,
        long number => number != 0,
        IReadOnlyList<string> list => list.Count > 0,
        IReadOnlyDictionary<string, string> map => map.Count > 0,
        _ => true,
    };

    private static GoExpression Pipe(Queue<string> words)
    {
        GoExpression value = Call(words, null);
        while (words.TryPeek(out string? word) && word == "|")
        {
            words.Dequeue();
            value = Call(words, value);
        }

        return value;
    }

    private static GoExpression Call(Queue<string> words, GoExpression? last)
    {
        if (words.TryPeek(out string? word) && Functions.Contains(word))
        {
            words.Dequeue();
            List<GoExpression> arguments = [];
            while (words.TryPeek(out string? next) && next is not ("|" or ")"))
            {
                arguments.Add(Operand(words));
            }

            return new(word, last is null ? arguments : [.. arguments, last], null);
        }

        GoExpression value = Operand(words);
        return last is null ? value : throw new FormatException("non executable command in pipeline");
    }

    private static GoExpression Operand(Queue<string> words)
    {
        if (!words.TryDequeue(out string? word))
        {
            throw new FormatException("missing value for command");
        }

        if (word == "(")
        {
            GoExpression inner = Pipe(words);
            return words.TryDequeue(out string? close) && close == ")" ? inner
                : throw new FormatException("unclosed left paren");
        }

        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return new("", [], number);
        }

        return word switch
        {
            ['"', ..] or ['`', ..] => new("", [], word[1..]),
            "true" or "false" => new("", [], word == "true"),
            ['.', _, ..] => IsField(word[1..].Split('.')) ? new(".", [], word[1..])
                : throw new FormatException($"{word} is not known"),
            _ when Functions.Contains(word) => new(word, [], null),
            _ => throw new FormatException($"function \"{word}\" not defined"),
        };
    }

    private static bool IsField(string[] names) => names is
        ["Zone" or "Name" or "Class" or "Type" or "Match" or "Remote"] or ["Group", ..]
        or ["Question", "Name" or "Qtype" or "Qclass"];

    private static object Field(string path, IReadOnlyDictionary<string, object> fields)
    {
        string[] names = path.Split('.');
        object value = fields[names[0]];
        return names.Length == 1 ? value
            : value is IReadOnlyDictionary<string, string> map ? map.GetValueOrDefault(names[1]) ?? "<no value>"
            : throw new FormatException($".{path} is nothing");
    }

    private static object Number(string digits, int radix, int bits)
    {
        ulong value = 0;
        foreach (char one in digits)
        {
            int digit = char.IsAsciiDigit(one) ? one - '0'
                : char.IsAsciiLetter(one) ? char.ToLowerInvariant(one) - 'a' + 10 : int.MaxValue;
            value = digit < radix && value < ulong.MaxValue >> 6 ? (value * (ulong)radix) + (ulong)digit
                : throw new FormatException($"parsing \"{digits}\": invalid syntax");
        }

        bool fits = digits.Length > 0 && radix is > 1 and <= 36 && (bits is <= 0 or >= 64 || value >> bits == 0);
        return fits ? (long)value : throw new FormatException($"parsing \"{digits}\": value out of range");
    }

    private static string Format(string format, object[] values)
    {
        StringBuilder text = new();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            int start = ++i;
            while (i < format.Length - 1 && char.IsAsciiDigit(format[i]))
            {
                i++;
            }

            string width = format[start..i];
            object value = format[i] == '%' ? "%"
                : next < values.Length ? values[next++]
                : throw new FormatException("printf has too few arguments");
            string one = format[i] switch
            {
                '%' or 's' or 'v' or 'd' => Text(value),
                'x' when value is long number => number.ToString("x", CultureInfo.InvariantCulture),
                'X' when value is long number => number.ToString("X", CultureInfo.InvariantCulture),
                _ => throw new FormatException($"%{format[i]} of printf is not known"),
            };
            int size = width.Length == 0 ? 0 : Math.Min(int.Parse(width, CultureInfo.InvariantCulture), 255);
            text.Append(one.PadLeft(size, width.StartsWith('0') ? '0' : ' '));
        }

        return text.ToString();
    }

    /// <summary>Words, signs, and texts with the quote in front of them.</summary>
    private static IEnumerable<string> Words(string text)
    {
        int i = 0;
        while (i < text.Length)
        {
            char one = text[i];
            int start = i++;
            if (one is '"' or '`')
            {
                StringBuilder inner = new("\"");
                for (; i < text.Length && text[i] != one; i++)
                {
                    i += one == '"' && text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
                    inner.Append(text[i]);
                }

                if (i++ >= text.Length)
                {
                    throw new FormatException("unterminated quoted string");
                }

                yield return inner.ToString();
            }
            else if (one is '(' or ')' or '|')
            {
                yield return one.ToString();
            }
            else if (!char.IsWhiteSpace(one))
            {
                while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('(' or ')' or '|' or '"'))
                {
                    i++;
                }

                yield return text[start..i];
            }
        }
    }
}
