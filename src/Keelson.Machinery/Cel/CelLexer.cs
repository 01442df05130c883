using System.Globalization;

namespace Keelson.Machinery.Cel;

/// <summary>Cuts an expression into words.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Marks =
    [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ",", ".", "(", ")", "[",
        "]", "{", "}",
    ];

    private int _at;

    /// <summary>The error that ended it; null while there is none.</summary>
    public CelSyntaxError? Error { get; private set; }

    /// <summary>All words, the last one being the end; null when there is an error.</summary>
    public List<CelToken>? ReadAll()
    {
        List<CelToken> tokens = [];
        while (Next() is { } token)
        {
            tokens.Add(token);
            if (token.Kind == CelTokenKind.End)
            {
                return tokens;
            }
        }

        return null;
    }

    private CelToken? Next()
    {
        SkipSpace();
        int start = _at;
        if (_at == text.Length)
        {
            return new(CelTokenKind.End, "<EOF>", null, start);
        }

        char first = text[_at];
        if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(Peek(1))))
        {
            return Number();
        }

        if (CelText.StartsAt(text, _at))
        {
            CelValue? value = CelText.Read(text, ref _at, out string problem);
            return value is null ? Fail(start, problem) : new(CelTokenKind.Literal, "", value, start);
        }

        if (first == '_' || char.IsAsciiLetter(first))
        {
            return Name(start);
        }

        if (first == '`')
        {
            return QuotedName(start);
        }

        foreach (string mark in Marks)
        {
            if (string.CompareOrdinal(text, _at, mark, 0, mark.Length) == 0)
            {
                _at += mark.Length;
                return new(CelTokenKind.Mark, mark, null, start);
            }
        }

        return Fail(start, $"Syntax error: token recognition error at: '{first}'");
    }

    private char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private CelToken? Fail(int offset, string message)
    {
        Error = new(offset, message);
        return null;
    }

    private void SkipSpace()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (text[_at] == '/' && Peek(1) == '/')
            {
                int end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private CelToken? Name(int start)
    {
        while (_at < text.Length && (text[_at] == '_' || char.IsAsciiLetterOrDigit(text[_at])))
        {
            _at++;
        }

        string name = text[start.._at];
        return name switch
        {
            "true" => new(CelTokenKind.Literal, name, CelBool.True, start),
            "false" => new(CelTokenKind.Literal, name, CelBool.False, start),
            "null" => new(CelTokenKind.Literal, name, CelNull.Value, start),
            "in" => new(CelTokenKind.Mark, name, null, start),
            _ => new(CelTokenKind.Identifier, name, null, start),
        };
    }

    private CelToken? QuotedName(int start)
    {
        int end = text.IndexOf('`', start + 1);
        if (end <= start + 1)
        {
            return Fail(start, "Syntax error: token recognition error at: '`'");
        }

        string name = text[(start + 1)..end];
        _at = end + 1;
        return name.All(static one => char.IsAsciiLetterOrDigit(one) || one is '_' or '.' or '-' or '/' or ' ')
            ? new(CelTokenKind.QuotedIdentifier, name, null, start)
            : Fail(start, $"Syntax error: token recognition error at: '`{name}`'");
    }

    private CelToken? Number()
    {
        int start = _at;
        bool isHex = text[_at] == '0' && Peek(1) is 'x' or 'X';
        if (isHex)
        {
            _at += 2;
            while (char.IsAsciiHexDigit(Peek(0)))
            {
                _at++;
            }

            return Integer(start, text[(start + 2).._at], isHex);
        }

        Digits();
        bool isDouble = false;
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isDouble = true;
            _at++;
            Digits();
        }

        if (Peek(0) is 'e' or 'E'
            && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            isDouble = true;
            _at += 2;
            Digits();
        }

        string digits = text[start.._at];
        return isDouble
            ? new(
                CelTokenKind.Literal, digits, new CelDouble(double.Parse(digits, CultureInfo.InvariantCulture)), start)
            : Integer(start, digits, isHex);
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(Peek(0)))
        {
            _at++;
        }
    }

    private CelToken? Integer(int start, string digits, bool isHex)
    {
        NumberStyles style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        bool fits = ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out ulong number);
        if (Peek(0) is 'u' or 'U')
        {
            _at++;
            return fits ? new(CelTokenKind.Literal, digits, new CelUint(number), start)
                : Fail(start, "invalid uint literal");
        }

        // The smallest number has no positive counterpart: the parser takes the sign together with it.
        return fits && number <= 1UL << 63
            ? new(
                CelTokenKind.Literal, digits, number == 1UL << 63 ? CelNull.Value : new CelInt((long)number), start)
            : Fail(start, "invalid int literal");
    }
}
