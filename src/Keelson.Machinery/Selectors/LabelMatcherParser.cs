using Keelson.Machinery.Validation;

namespace Keelson.Machinery.Selectors;

/// <summary>
/// The grammar of label selectors, with upstream's tolerance and texts. <c>in</c> and <c>notin</c> are words only where
/// an operator may stand, else names like any other.
/// </summary>
internal sealed class LabelMatcherParser(string text)
{
    private const string BinaryOperators = "in, notin, =, ==, !=, gt, lt";
    private readonly List<Token> _tokens = Lex(text);
    private int _at;

    private enum Kind
    {
        Error,
        End,
        Identifier,
        Open,
        Close,
        Comma,
        Not,
        Equal,
        DoubleEqual,
        NotEqual,
        Greater,
        Less,
        In,
        NotIn,
    }

    /// <summary>The requirements in the order they stand, or upstream's text of the first error.</summary>
    public string? Parse(out List<LabelRequirement> requirements)
    {
        requirements = [];
        while (true)
        {
            Token next = Peek();
            if (next.Kind == Kind.End)
            {
                return null;
            }

            if (next.Kind is not (Kind.Identifier or Kind.Not))
            {
                return $"found '{next.Text}', expected: !, identifier, or 'end of string'";
            }

            if (ParseRequirement(requirements) is { } error)
            {
                return "unable to parse requirement: " + error;
            }

            Token after = Take();
            if (after.Kind == Kind.End)
            {
                return null;
            }

            if (after.Kind != Kind.Comma)
            {
                return $"found '{after.Text}', expected: ',' or 'end of string'";
            }

            if (Peek() is { Kind: not (Kind.Identifier or Kind.Not) } wrong)
            {
                return $"found '{wrong.Text}', expected: identifier after ','";
            }
        }
    }

    private string? ParseRequirement(List<LabelRequirement> requirements)
    {
        Token key = Take();
        bool isNegated = key.Kind == Kind.Not;
        key = isNegated ? Take() : key;
        if (key.Kind != Kind.Identifier)
        {
            return $"found '{key.Text}', expected: identifier";
        }

        string why = string.Join("; ", ContentRules.QualifiedName(key.Text));
        if (why.Length > 0)
        {
            return $"<nil>: Invalid value: {GoText.Quote(key.Text)}: {why}";
        }

        SelectorOperator @operator;
        SortedSet<string> values = new(StringComparer.Ordinal);
        if (isNegated || Peek().Kind is Kind.End or Kind.Comma)
        {
            @operator = isNegated ? SelectorOperator.DoesNotExist : SelectorOperator.Exists;
        }
        else
        {
            Token sign = _tokens[_at++];
            if (OperatorOf(sign.Kind) is not { } known)
            {
                return $"found '{sign.Text}', expected: {BinaryOperators}";
            }

            @operator = known;
            string? error = known is SelectorOperator.In or SelectorOperator.NotIn ? ParseValues(values)
                : ParseValue(values);
            if (error is not null)
            {
                return error;
            }
        }

        if (!LabelRequirement.TryCreate(key.Text, @operator, [.. values], out LabelRequirement? requirement,
            out string? invalid))
        {
            return invalid;
        }

        requirements.Add(requirement);
        return null;
    }

    private string? ParseValue(SortedSet<string> values)
    {
        if (Peek().Kind is Kind.End or Kind.Comma)
        {
            values.Add("");
            return null;
        }

        Token value = Take();
        values.Add(value.Text);
        return value.Kind == Kind.Identifier ? null : $"found '{value.Text}', expected: identifier";
    }

    private string? ParseValues(SortedSet<string> values)
    {
        Token open = Take();
        if (open.Kind != Kind.Open)
        {
            return $"found '{open.Text}' expected: '('";
        }

        Token first = Peek();
        switch (first.Kind)
        {
            case Kind.Close:
                Take();
                return null;
            case Kind.Identifier or Kind.Comma:
                return ParseList(values) ?? (Take().Kind == Kind.Close ? null : $"found '{first.Text}', expected: ')'");
            default:
                return $"found '{first.Text}', expected: ',', ')' or identifier";
        }
    }

    private string? ParseList(SortedSet<string> values)
    {
        while (true)
        {
            Token token = Take();
            if (token.Kind == Kind.Identifier)
            {
                values.Add(token.Text);
                Token next = Peek();
                if (next.Kind == Kind.Close)
                {
                    return null;
                }

                if (next.Kind != Kind.Comma)
                {
                    return $"found '{next.Text}', expected: ',' or ')'";
                }
            }
            else if (token.Kind == Kind.Comma)
            {
                // Commas with nothing between them stand for the empty value.
                if (values.Count == 0)
                {
                    values.Add("");
                }

                if (Peek().Kind == Kind.Close)
                {
                    values.Add("");
                    return null;
                }

                if (Peek().Kind == Kind.Comma)
                {
                    Take();
                    values.Add("");
                }
            }
            else
            {
                return $"found '{token.Text}', expected: ',', or identifier";
            }
        }
    }

    private static SelectorOperator? OperatorOf(Kind kind) => kind switch
    {
        Kind.In => SelectorOperator.In,
        Kind.NotIn => SelectorOperator.NotIn,
        Kind.Equal => SelectorOperator.EqualTo,
        Kind.DoubleEqual => SelectorOperator.DoubleEqualTo,
        Kind.NotEqual => SelectorOperator.NotEqualTo,
        Kind.Greater => SelectorOperator.GreaterThan,
        Kind.Less => SelectorOperator.LessThan,
        _ => null,
    };

    /// <summary>The next token where values may stand: words that are operators elsewhere are names here.</summary>
    private Token Peek()
    {
        Token token = _tokens[Math.Min(_at, _tokens.Count - 1)];
        return token.Kind is Kind.In or Kind.NotIn ? token with { Kind = Kind.Identifier } : token;
    }

    private Token Take()
    {
        Token token = Peek();
        _at++;
        return token;
    }

    private static List<Token> Lex(string text)
    {
        List<Token> tokens = [];
        int at = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
            }

            if (at >= text.Length || text[at] == '\0')
            {
                tokens.Add(new(Kind.End, ""));
                return tokens;
            }

            int start = at;
            if (IsSpecial(text[at]))
            {
                tokens.Add(LexSymbol(text, ref at));
                continue;
            }

            while (at < text.Length && !IsSpecial(text[at]) && text[at] is not (' ' or '\t' or '\r' or '\n' or '\0'))
            {
                at++;
            }

            string word = text[start..at];
            tokens.Add(new(word == "in" ? Kind.In : word == "notin" ? Kind.NotIn : Kind.Identifier, word));
        }
    }

    /// <summary>The longest run of special characters that is a symbol; every single one of them is.</summary>
    private static Token LexSymbol(string text, ref int at)
    {
        string two = at + 1 < text.Length ? text.Substring(at, 2) : "";
        if (two is "==" or "!=")
        {
            at += 2;
            return new(two == "==" ? Kind.DoubleEqual : Kind.NotEqual, two);
        }

        char one = text[at++];
        Kind kind = one switch
        {
            '(' => Kind.Open,
            ')' => Kind.Close,
            ',' => Kind.Comma,
            '!' => Kind.Not,
            '=' => Kind.Equal,
            '>' => Kind.Greater,
            _ => Kind.Less,
        };
        return new(kind, one.ToString());
    }

    private static bool IsSpecial(char one) => one is '=' or '!' or '(' or ')' or ',' or '>' or '<';

    private readonly record struct Token(Kind Kind, string Text);
}
