using System.Globalization;

namespace Keelson.Machinery.Yaml;

/// <summary>Which forms a text may take without changing its meaning: libyaml's analysis.</summary>
internal readonly record struct ScalarShape(bool AllowsPlain, bool AllowsSingleQuoted, bool AllowsBlock)
{
    public static ScalarShape Of(string text)
    {
        if (text.Length == 0)
        {
            return new(false, true, false);
        }

        bool indicators = text.StartsWith("---", StringComparison.Ordinal)
            || text.StartsWith("...", StringComparison.Ordinal);
        bool special = false;
        bool breaks = false;
        bool breakThenSpace = false;
        bool spaceThenBreak = false;
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            bool beforeBlank = i + 1 == text.Length || text[i + 1] is ' ' or '\t';
            bool afterBlank = i > 0
                && text[i - 1] is ' ' or '\t' or '\n' or '\r' or '\u0085' or '\u2028' or '\u2029' or '\0';
            indicators |= one switch
            {
                '#' => i == 0 || afterBlank,
                ':' => beforeBlank,
                '?' or '-' => i == 0 && beforeBlank,
                ',' or '[' or ']' or '{' or '}' or '&' or '*' or '!' or '|' or '>' or '\'' => i == 0,
                '"' or '%' or '@' or '`' => i == 0,
                _ => false,
            };
            special |= !IsPrintable(one);
            bool isBreak = IsBreak(one);
            breaks |= isBreak;
            breakThenSpace |= one == ' ' && i > 0 && IsBreak(text[i - 1]);
            spaceThenBreak |= isBreak && i > 0 && text[i - 1] == ' ';
        }

        bool edges = text[0] == ' ' || IsBreak(text[0]) || text[^1] == ' ' || IsBreak(text[^1]);
        bool quotable = !spaceThenBreak && !special;
        return new(
            quotable && !edges && !breakThenSpace && !breaks && !indicators,
            quotable && !breakThenSpace,
            quotable && text[^1] != ' ');
    }

    /// <summary>
    /// What libyaml writes as it is. Tabs and everything beyond the basic plane is not; nor is half a surrogate pair.
    /// </summary>
    public static bool IsPrintable(char one) => one is '\n' or (>= ' ' and <= '~') or (>= '\u00a0' and < '\ud800')
        or (>= '\ue000' and < '\ufffe' and not '\ufeff');

    public static bool IsBreak(char one) => one is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029';
}

/// <summary>The four ways to write a text.</summary>
internal static class YamlScalarWriter
{
    public static void Plain(YamlOutput output, string text, int indent, bool mayFold)
    {
        output.Blank();
        for (int i = 0; i < text.Length; i++)
        {
            bool folds = text[i] == ' ' && mayFold && output.IsFull && text[i - 1] != ' ' && text[i + 1] != ' ';
            PutOrFold(output, text[i], folds, indent);
        }
    }

    public static void SingleQuoted(YamlOutput output, string text, int indent, bool mayFold)
    {
        output.Indicator("'", needsBlank: true);
        for (int i = 0; i < text.Length; i++)
        {
            bool folds = text[i] == ' ' && mayFold && output.IsFull && i > 0 && i < text.Length - 1
                && text[i - 1] != ' ' && text[i + 1] != ' ';
            if (text[i] == '\'')
            {
                output.Put('\'');
            }

            PutOrFold(output, text[i], folds, indent);
        }

        output.Put('\'');
    }

    public static void DoubleQuoted(YamlOutput output, string text, int indent, bool mayFold)
    {
        output.Indicator("\"", needsBlank: true);
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            if (!ScalarShape.IsPrintable(one) || ScalarShape.IsBreak(one) || one is '"' or '\\')
            {
                i += Escape(output, text, i);
                continue;
            }

            bool folds = one == ' ' && mayFold && output.IsFull && i > 0 && i < text.Length - 1 && text[i - 1] != ' ';
            PutOrFold(output, one, folds, indent);
            if (folds && text[i + 1] == ' ')
            {
                output.Put('\\');
            }
        }

        output.Put('"');
    }

    public static void Literal(YamlOutput output, string text, int indent)
    {
        // The width of the indentation must be said where the first line can't show it.
        string hint = text[0] == ' ' || ScalarShape.IsBreak(text[0]) ? "2" : "";
        bool endsInBreak = ScalarShape.IsBreak(text[^1]);
        bool endsInMore = endsInBreak && (text.Length == 1 || ScalarShape.IsBreak(text[^2]));
        output.Indicator("|" + hint + (endsInMore ? "+" : endsInBreak ? "" : "-"), needsBlank: true);
        output.NewLine();
        bool atStart = true;
        foreach (char one in text)
        {
            if (one == '\n')
            {
                output.NewLine();
                atStart = true;
                continue;
            }

            if (atStart)
            {
                output.Indent(indent);
            }

            output.Put(one);
            atStart = false;
        }
    }

    private static void PutOrFold(YamlOutput output, char one, bool folds, int indent)
    {
        if (folds)
        {
            output.Indent(indent);
        }
        else
        {
            output.Put(one);
        }
    }

    /// <summary>Writes an escape; returns how many chars it took besides the first.</summary>
    private static int Escape(YamlOutput output, string text, int at)
    {
        int value = text[at];
        int more = 0;
        if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            value = char.ConvertToUtf32(text[at], text[at + 1]);
            more = 1;
        }

        output.Put('\\');
        output.Put(value switch
        {
            0 => "0",
            0x07 => "a",
            0x08 => "b",
            0x09 => "t",
            0x0a => "n",
            0x0b => "v",
            0x0c => "f",
            0x0d => "r",
            0x1b => "e",
            0x22 => "\"",
            0x5c => "\\",
            0x85 => "N",
            0x2028 => "L",
            0x2029 => "P",
            <= 0xff => "x" + value.ToString("X2", CultureInfo.InvariantCulture),
            <= 0xffff => "u" + value.ToString("X4", CultureInfo.InvariantCulture),
            _ => "U" + value.ToString("X8", CultureInfo.InvariantCulture),
        });
        return more;
    }
}
