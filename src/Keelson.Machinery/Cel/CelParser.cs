using System.Globalization;

namespace Keelson.Machinery.Cel;

/// <summary>
/// Makes the tree of an expression. Whatever the text, the outcome is a tree or an error: what lies deeper in itself
/// than <see cref="MostDepth"/> is an error too, so that nothing that walks the tree runs out of stack.
/// </summary>
internal sealed class CelParser
{
    /// <summary>As deep as the reference implementation goes by default.</summary>
    public const int MostDepth = 250;

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    };

    /// <summary>What an expression may begin with, as the reference implementation's parser lists it.</summary>
    private const string ExpressionStarts = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', "
        + "NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

    private readonly List<CelToken> _tokens;
    private int _at;
    private int _nested;

    private CelParser(List<CelToken> tokens)
    {
        _tokens = tokens;
    }

    private CelSyntaxError? Error { get; set; }

    private CelToken Current => _tokens[_at];

    /// <summary>The tree of a text; null with an error.</summary>
    public static CelNode? Parse(string text, out CelSyntaxError? error)
    {
        CelLexer lexer = new(text);
        if (lexer.ReadAll() is not { } tokens)
        {
            error = lexer.Error;
            return null;
        }

        CelParser parser = new(tokens);
        CelNode? node = parser.Expression();
        if (node is not null && parser.Current.Kind != CelTokenKind.End)
        {
            parser.TooMuch();
        }

        error = parser.Error;
        return error is null ? node : null;
    }

    private CelNode? Fail(int offset, string message)
    {
        Error ??= new(offset, message);
        return null;
    }

    private string Found => Current.Kind == CelTokenKind.End ? "<EOF>" : Current.Text;

    private CelNode? Unexpected(string expected) =>
        Fail(Current.Offset, $"Syntax error: mismatched input '{Found}' expecting {expected}");

    /// <summary>The generated parser would do without one superfluous word, and says so.</summary>
    private void TooMuch()
    {
        string how = _tokens[_at + 1].Kind == CelTokenKind.End ? "extraneous" : "mismatched";
        Fail(Current.Offset, $"Syntax error: {how} input '{Current.Text}' expecting <EOF>");
    }

    private bool Take(string mark)
    {
        if (!Current.Is(mark))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Expect(string mark)
    {
        if (Take(mark))
        {
            return true;
        }

        Unexpected($"'{mark}'");
        return false;
    }

    /// <summary>A node, unless it is nested too deep.</summary>
    private CelNode? Checked(CelNode node) =>
        node.Depth > MostDepth ? Fail(node.Offset, "expression recursion limit exceeded: 250") : node;

    private CelNode? Expression()
    {
        if (++_nested > MostDepth)
        {
            return Fail(Current.Offset, "expression recursion limit exceeded: 250");
        }

        CelNode? condition = Logic(isAnd: false);
        if (condition is not null && Current.Is("?"))
        {
            int offset = Current.Offset;
            _at++;
            condition = Logic(isAnd: false) is { } then && Expect(":") && Expression() is { } otherwise
                ? Checked(new CelConditional(offset, condition, then, otherwise))
                : null;
        }

        _nested--;
        return condition;
    }

    private CelNode? Logic(bool isAnd)
    {
        CelNode? first = isAnd ? Relation() : Logic(isAnd: true);
        string mark = isAnd ? "&&" : "||";
        if (first is null || !Current.Is(mark))
        {
            return first;
        }

        int offset = Current.Offset;
        List<CelNode> operands = [first];
        while (Take(mark))
        {
            CelNode? next = isAnd ? Relation() : Logic(isAnd: true);
            if (next is null)
            {
                return null;
            }

            operands.Add(next);
        }

        return Checked(new CelLogic(offset, isAnd, [.. operands]));
    }

    private CelNode? Relation() =>
        Chain(Sum, static mark => mark is "<" or "<=" or ">" or ">=" or "==" or "!=" or "in");

    private CelNode? Sum() => Chain(Product, static mark => mark is "+" or "-");

    private CelNode? Product() => Chain(Unary, static mark => mark is "*" or "/" or "%");

    private CelNode? Chain(Func<CelNode?> operand, Func<string, bool> isOperator)
    {
        CelNode? left = operand();
        while (left is not null && Current.Kind == CelTokenKind.Mark && isOperator(Current.Text))
        {
            CelToken mark = Current;
            _at++;
            string function = mark.Text == "in" ? "@in" : $"_{mark.Text}_";
            left = operand() is { } right ? Checked(new CelCall(mark.Offset, function, [left, right])) : null;
        }

        return left;
    }

    private CelNode? Unary()
    {
        CelToken mark = Current;
        if (!mark.Is("!") && !mark.Is("-"))
        {
            return Member();
        }

        int count = 0;
        while (Take(mark.Text))
        {
            count++;
        }

        // A sign belongs to the number behind it.
        if (mark.Text == "-" && Current is { Kind: CelTokenKind.Literal, Value: CelInt or CelDouble or CelNull } number
            && Negative(number) is { } negative)
        {
            _at++;
            count--;
            CelNode? literal = Members(new CelLiteral(mark.Offset, negative));
            return Repeat(literal, mark, count);
        }

        return Repeat(Member(), mark, count);
    }

    private CelNode? Repeat(CelNode? operand, CelToken mark, int count) =>
        operand is null || count % 2 == 0 ? operand
            : Checked(new CelCall(mark.Offset, mark.Text == "!" ? "!_" : "-_", [operand]));

    private static CelValue? Negative(CelToken number) => number.Value switch
    {
        CelInt one => new CelInt(-one.Number),
        CelDouble one => new CelDouble(-one.Number),
        CelNull when number.Text != "null" => new CelInt(long.MinValue),
        _ => null,
    };

    private CelNode? Member() => Primary() is { } primary ? Members(primary) : null;

    private CelNode? Members(CelNode? node)
    {
        while (node is not null)
        {
            int offset = Current.Offset;
            if (Take("."))
            {
                node = Selected(node, offset);
            }
            else if (Take("["))
            {
                node = Expression() is { } index && Expect("]")
                    ? Checked(new CelCall(offset, "_[_]", [node, index]))
                    : null;
            }
            else
            {
                break;
            }
        }

        return node;
    }

    private CelNode? Selected(CelNode operand, int offset)
    {
        CelToken name = Current;
        if (name.Kind == CelTokenKind.QuotedIdentifier)
        {
            _at++;
            return Checked(new CelSelect(offset, operand, name.Text));
        }

        if (name.Kind != CelTokenKind.Identifier)
        {
            return Unexpected("IDENTIFIER");
        }

        _at++;
        if (!Take("("))
        {
            return Checked(new CelSelect(offset, operand, name.Text));
        }

        if (Items(")") is not { } arguments)
        {
            return null;
        }

        return CelMacros.IsMacro(operand, name.Text, arguments.Count)
            ? CelMacros.Expand(operand, name, arguments, out string problem) is { } loop ? Checked(loop)
                : Fail(name.Offset, problem)
            : Checked(new CelCall(offset, name.Text, [operand, .. arguments], HasReceiver: true));
    }

    private List<CelNode>? Items(string end)
    {
        List<CelNode> items = [];
        while (!Take(end))
        {
            if (items.Count > 0 && (!Expect(",") || (end != ")" && Take(end))))
            {
                return Error is null ? items : null;
            }

            if (Expression() is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return items;
    }

    private CelNode? Primary()
    {
        CelToken token = Current;
        if (token.Kind == CelTokenKind.Literal)
        {
            _at++;
            return token is { Text: not "null", Value: CelNull } ? Fail(token.Offset, "invalid int literal")
                : new CelLiteral(token.Offset, token.Value!);
        }

        if (Take("("))
        {
            return Expression() is { } inner && Expect(")") ? inner : null;
        }

        if (Take("["))
        {
            return Items("]") is { } items ? Checked(new CelListNode(token.Offset, [.. items])) : null;
        }

        if (Take("{"))
        {
            return Entries() is { } entries ? Checked(new CelMapNode(token.Offset, [.. entries])) : null;
        }

        Take(".");
        return Current.Kind == CelTokenKind.Identifier ? Named() : Unexpected(ExpressionStarts);
    }

    private List<CelNode>? Entries()
    {
        List<CelNode> entries = [];
        while (!Take("}"))
        {
            if (entries.Count > 0 && (!Expect(",") || Take("}")))
            {
                return Error is null ? entries : null;
            }

            if (Expression() is not { } key || !Expect(":") || Expression() is not { } value)
            {
                return null;
            }

            entries.Add(key);
            entries.Add(value);
        }

        return entries;
    }

    private CelNode? Named()
    {
        CelToken name = Current;
        _at++;
        if (Reserved.Contains(name.Text))
        {
            return Fail(
                name.Offset, string.Create(CultureInfo.InvariantCulture, $"reserved identifier: {name.Text}"));
        }

        if (!Take("("))
        {
            return new CelIdentifier(name.Offset, name.Text);
        }

        if (Items(")") is not { } arguments)
        {
            return null;
        }

        if (name.Text != "has" || arguments.Count != 1)
        {
            return Checked(new CelCall(name.Offset, name.Text, [.. arguments]));
        }

        return arguments[0] is CelSelect { IsTest: false } select ? select with { IsTest = true }
            : Fail(name.Offset, "invalid argument to has() macro");
    }
}
