using System.Text;

namespace Keelson.Machinery.Trees;

/// <summary>
/// Says what is wrong with a JSON document in the words of Go's encoding/json. Runs only after a fast reader has
/// refused the document, so it takes its time: a state machine byte by byte, like the scanner whose texts clients know.
/// </summary>
public static class GoJsonSyntax
{
    /// <summary>Go's own limit is 10,000; ours is what <see cref="TreeReader"/> takes.</summary>
    private const string TooDeep = "exceeded max depth";

    /// <summary>The text of the first syntax error.</summary>
    public static string Describe(ReadOnlySpan<byte> utf8)
    {
        Scan scan = new(utf8);
        return scan.Value(0) ?? scan.Trailing() ?? "invalid UTF-8 in string";
    }

    /// <summary>What Go calls the kind of a document's value: object, array, string, number, bool.</summary>
    public static string TypeName(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> trimmed = utf8.TrimStart(" \t\r\n"u8);
        return trimmed.Length == 0 ? "null" : trimmed[0] switch
        {
            (byte)'{' => "object",
            (byte)'[' => "array",
            (byte)'"' => "string",
            (byte)'t' or (byte)'f' => "bool",
            (byte)'n' => "null",
            _ => "number",
        };
    }

    /// <summary>
    /// A byte as Go's scanner quotes it; it looks at bytes, so it prints one of a longer character as Latin-1.
    /// </summary>
    internal static string QuoteByte(byte one) => one switch
    {
        (byte)'\'' => @"'\''",
        (byte)'"' => "'\"'",
        (byte)'\\' => @"'\\'",
        (byte)'\n' => @"'\n'",
        (byte)'\r' => @"'\r'",
        (byte)'\t' => @"'\t'",
        7 => @"'\a'",
        8 => @"'\b'",
        11 => @"'\v'",
        12 => @"'\f'",
        < 0x20 or 0x7f => $"'\\x{one:x2}'",
        0xa0 or 0xad or (>= 0x80 and < 0xa0) => $"'\\u{(int)one:x4}'",
        _ => $"'{(char)one}'",
    };

    /// <summary>One pass over the document; every method returns the error or null.</summary>
    private ref struct Scan(ReadOnlySpan<byte> utf8)
    {
        private const string EndOfInput = "unexpected end of JSON input";
        private readonly ReadOnlySpan<byte> _utf8 = utf8;
        private int _at;

        public string? Value(int depth)
        {
            if (depth > TreeReader.MaxDepth)
            {
                return TooDeep;
            }

            SkipBlanks();
            if (_at >= _utf8.Length)
            {
                return EndOfInput;
            }

            byte first = _utf8[_at];
            switch (first)
            {
                case (byte)'{':
                    return Members(depth);
                case (byte)'[':
                    return Items(depth);
                case (byte)'"':
                    return Text();
                case (byte)'t':
                    return Literal("true");
                case (byte)'f':
                    return Literal("false");
                case (byte)'n':
                    return Literal("null");
                default:
                    return first == '-' || char.IsAsciiDigit((char)first) ? Number()
                        : Unexpected("looking for beginning of value");
            }
        }

        public string? Trailing()
        {
            SkipBlanks();
            return _at < _utf8.Length ? Unexpected("after top-level value") : null;
        }

        private string? Members(int depth)
        {
            _at++;
            SkipBlanks();
            if (Is('}'))
            {
                _at++;
                return null;
            }

            while (true)
            {
                SkipBlanks();
                string? error = Is('"') ? Text() : Unexpected("looking for beginning of object key string");
                SkipBlanks();
                error ??= Is(':') ? null : Unexpected("after object key");
                _at++;
                error ??= Value(depth + 1);
                if (error is not null)
                {
                    return error;
                }

                SkipBlanks();
                if (Is('}'))
                {
                    _at++;
                    return null;
                }

                if (!Is(','))
                {
                    return Unexpected("after object key:value pair");
                }

                _at++;
            }
        }

        private string? Items(int depth)
        {
            _at++;
            SkipBlanks();
            if (Is(']'))
            {
                _at++;
                return null;
            }

            while (true)
            {
                if (Value(depth + 1) is { } error)
                {
                    return error;
                }

                SkipBlanks();
                if (Is(']'))
                {
                    _at++;
                    return null;
                }

                if (!Is(','))
                {
                    return Unexpected("after array element");
                }

                _at++;
            }
        }

        private string? Text()
        {
            for (_at++; _at < _utf8.Length; _at++)
            {
                byte one = _utf8[_at];
                if (one == '"')
                {
                    _at++;
                    return null;
                }

                if (one < 0x20)
                {
                    return Unexpected("in string literal");
                }

                if (one == '\\' && Escape() is { } error)
                {
                    return error;
                }
            }

            return EndOfInput;
        }

        private string? Escape()
        {
            _at++;
            if (_at >= _utf8.Length)
            {
                return EndOfInput;
            }

            if (_utf8[_at] != 'u')
            {
                return "bfnrt\\/\"".Contains((char)_utf8[_at], StringComparison.Ordinal) ? null
                    : Unexpected("in string escape code");
            }

            for (int i = 0; i < 4; i++)
            {
                _at++;
                if (_at >= _utf8.Length || !char.IsAsciiHexDigit((char)_utf8[_at]))
                {
                    return Unexpected(@"in \u hexadecimal character escape");
                }
            }

            return null;
        }

        private string? Literal(string word)
        {
            for (int i = 1; i < word.Length; i++)
            {
                _at++;
                if (_at >= _utf8.Length || _utf8[_at] != word[i])
                {
                    return Unexpected($"in literal {word} (expecting '{word[i]}')");
                }
            }

            _at++;
            return null;
        }

        private string? Number()
        {
            if (Is('-'))
            {
                _at++;
                if (!IsDigit())
                {
                    return Unexpected("in numeric literal");
                }
            }

            if (Is('0'))
            {
                _at++;
            }
            else
            {
                SkipDigits();
            }

            if (Is('.'))
            {
                _at++;
                if (!IsDigit())
                {
                    return Unexpected("after decimal point in numeric literal");
                }

                SkipDigits();
            }

            if (Is('e') || Is('E'))
            {
                _at++;
                if (Is('+') || Is('-'))
                {
                    _at++;
                }

                if (!IsDigit())
                {
                    return Unexpected("in exponent of numeric literal");
                }

                SkipDigits();
            }

            return null;
        }

        private readonly string Unexpected(string context) => _at >= _utf8.Length
            ? EndOfInput
            : new StringBuilder("invalid character ").Append(QuoteByte(_utf8[_at])).Append(' ').Append(context)
                .ToString();

        private readonly bool Is(char wanted) => _at < _utf8.Length && _utf8[_at] == wanted;

        private readonly bool IsDigit() => _at < _utf8.Length && char.IsAsciiDigit((char)_utf8[_at]);

        private void SkipDigits()
        {
            while (IsDigit())
            {
                _at++;
            }
        }

        private void SkipBlanks()
        {
            while (_at < _utf8.Length && _utf8[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                _at++;
            }
        }
    }
}
