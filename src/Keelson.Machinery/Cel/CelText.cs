using System.Globalization;
using System.Text;

namespace Keelson.Machinery.Cel;

/// <summary>
/// Texts and bytes as expressions have them: <c>'a'</c>, <c>"""a"""</c>, <c>r'\d'</c>, <c>b'\xff'</c>.
/// </summary>
internal static class CelText
{
    /// <summary>True when a text begins here.</summary>
    public static bool StartsAt(string text, int at)
    {
        int prefix = at;
        while (prefix < text.Length && prefix < at + 2 && text[prefix] is 'r' or 'R' or 'b' or 'B')
        {
            prefix++;
        }

        return prefix < text.Length && text[prefix] is '\'' or '"'
            && (prefix < at + 2 || char.ToLowerInvariant(text[at]) != char.ToLowerInvariant(text[at + 1]));
    }

    /// <summary>Reads a text; null with the problem when it does not end or has unknown escapes.</summary>
    public static CelValue? Read(string text, ref int at, out string problem)
    {
        bool isRaw = false;
        bool isBytes = false;
        for (; text[at] is not ('\'' or '"'); at++)
        {
            isRaw |= text[at] is 'r' or 'R';
            isBytes |= text[at] is 'b' or 'B';
        }

        char quote = text[at];
        bool isLong = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote;
        string end = new(quote, isLong ? 3 : 1);
        at += end.Length;
        MemoryStream content = new();
        while (at < text.Length)
        {
            if (string.CompareOrdinal(text, at, end, 0, end.Length) == 0)
            {
                at += end.Length;
                problem = "";
                return isBytes ? new CelBytes(content.ToArray())
                    : new CelString(Encoding.UTF8.GetString(content.ToArray()));
            }

            if (!isLong && text[at] is '\n' or '\r')
            {
                break;
            }

            if (text[at] == '\\' && !isRaw)
            {
                if (!Escape(text, ref at, isBytes, content))
                {
                    problem = "Syntax error: token recognition error: invalid escape sequence";
                    return null;
                }
            }
            else
            {
                Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length);
                Append(content, rune);
                at += length;
            }
        }

        problem = $"Syntax error: token recognition error at: '{quote}'";
        return null;
    }

    private static void Append(MemoryStream content, Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        content.Write(bytes[..rune.EncodeToUtf8(bytes)]);
    }

    private static bool Escape(string text, ref int at, bool isBytes, MemoryStream content)
    {
        if (at + 1 >= text.Length)
        {
            return false;
        }

        char kind = text[at + 1];
        at += 2;
        int simple = "abfnrtv\\'\"`?".IndexOf(kind, StringComparison.Ordinal);
        if (simple >= 0)
        {
            content.WriteByte((byte)"\a\b\f\n\r\t\v\\'\"`?"[simple]);
            return true;
        }

        return kind switch
        {
            'x' or 'X' => Number(text, ref at, 2, 16, isBytes, content),
            'u' => !isBytes && Number(text, ref at, 4, 16, isBytes, content),
            'U' => !isBytes && Number(text, ref at, 8, 16, isBytes, content),
            >= '0' and <= '3' => Octal(text, ref at, isBytes, content),
            _ => false,
        };
    }

    private static bool Octal(string text, ref int at, bool isBytes, MemoryStream content)
    {
        at--;
        return Number(text, ref at, 3, 8, isBytes, content);
    }

    private static bool Number(string text, ref int at, int digits, int radix, bool isByte, MemoryStream content)
    {
        if (at + digits > text.Length)
        {
            return false;
        }

        long number = 0;
        foreach (char digit in text.AsSpan(at, digits))
        {
            int value = char.IsAsciiHexDigit(digit)
                ? int.Parse([digit], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : radix;
            if (value >= radix)
            {
                return false;
            }

            number = (number * radix) + value;
        }

        at += digits;
        if (isByte)
        {
            content.WriteByte((byte)number);
            return true;
        }

        if (!Rune.IsValid((int)Math.Min(number, int.MaxValue)))
        {
            return false;
        }

        Append(content, new Rune((int)number));
        return true;
    }
}
