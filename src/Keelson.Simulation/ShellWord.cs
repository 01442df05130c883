using System.Globalization;
using System.Text;

namespace Keelson.Simulation;

/// <summary>A word of a script, in pieces that are taken as they are and pieces to be expanded; or an
/// operator.</summary>
/// <param name="Pieces">The pieces.</param>
/// <param name="IsOperatorWord">True for <c>;</c>, <c>&amp;&amp;</c>, <c>||</c> and <c>></c>.</param>
/// <param name="IsQuoted">True when a part of it stood in quotes.</param>
internal sealed record ShellWord(IReadOnlyList<(string Text, bool Expands)> Pieces, bool IsOperatorWord, bool IsQuoted)
{
    private static readonly string[] Operators = ["&&", "||", ">>", ";", ">", "\n"];

    /// <summary>The word as it is written.</summary>
    public string Text { get; } = string.Concat(Pieces.Select(static one => one.Text));

    /// <summary>True for a word without quotes, which may be one of the shell's own.</summary>
    public bool IsPlain => !IsQuoted && !IsOperatorWord;

    /// <summary>True for what ends a simple command.</summary>
    public bool IsSeparator => IsOperatorWord && Text is ";" or "&&" or "||";

    /// <summary>True for that operator.</summary>
    public bool IsOperator(string text) => IsOperatorWord && Text == text;

    /// <summary>Splits a script into words; false when quotes are left open.</summary>
    public static bool TryRead(string text, out List<ShellWord> words)
    {
        words = [];
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\r')
            {
                at++;
            }
            else if (text[at] == '#' && (at == 0 || char.IsWhiteSpace(text[at - 1])))
            {
                at = text.IndexOf('\n', at) is >= 0 and int end ? end : text.Length;
            }
            else if (OperatorAt(text, at) is { } found)
            {
                words.Add(new([(found == "\n" ? ";" : found, false)], true, false));
                at += found.Length;
            }
            else if (!TryReadWord(text, ref at, out ShellWord? word))
            {
                return false;
            }
            else
            {
                words.Add(word!);
            }
        }

        return true;
    }

    /// <summary>The word with its variables and sums filled in.</summary>
    public string Expand(Func<string, string> value) =>
        string.Concat(Pieces.Select(one => one.Expands ? ShellExpansion.Expand(one.Text, value) : one.Text));

    private static string? OperatorAt(string text, int at) =>
        Array.Find(Operators, one => string.CompareOrdinal(text, at, one, 0, one.Length) == 0);

    private static bool TryReadWord(string text, ref int at, out ShellWord? word)
    {
        List<(string, bool)> pieces = [];
        StringBuilder piece = new();
        bool isQuoted = false;
        word = null;
        while (at < text.Length && !(char.IsWhiteSpace(text[at]) || text[at] is ';' or '&' or '|' or '>'))
        {
            if (text[at] is '\'' or '"')
            {
                char quote = text[at];
                int end = text.IndexOf(quote, at + 1);
                if (end < 0)
                {
                    return false;
                }

                pieces.Add((piece.ToString(), true));
                piece.Clear();
                pieces.Add((text[(at + 1)..end], quote == '"'));
                isQuoted = true;
                at = end + 1;
            }
            else if (text[at] == '$' && at + 1 < text.Length && text[at + 1] is '(' or '{')
            {
                int end = Close(text, at + 1);
                if (end < 0)
                {
                    return false;
                }

                piece.Append(text, at, end - at);
                at = end;
            }
            else if (text[at] is '(' or ')' && piece.Length == 0)
            {
                piece.Append(text[at++]);
                break;
            }
            else if (text[at] == ')')
            {
                break;
            }
            else
            {
                piece.Append(text[at++]);
            }
        }

        pieces.Add((piece.ToString(), true));
        if (at < text.Length && text[at] is '&' or '|' && !isQuoted && pieces is [("", _)])
        {
            // A pipe, or something in the background.
            return false;
        }

        word = new(pieces, false, isQuoted);
        return true;
    }

    /// <summary>Behind the bracket that closes the one at a place; -1 when none does.</summary>
    private static int Close(string text, int at)
    {
        (char open, char close) = text[at] == '(' ? ('(', ')') : ('{', '}');
        int depth = 0;
        for (int i = at; i < text.Length; i++)
        {
            depth += text[i] == open ? 1 : text[i] == close ? -1 : 0;
            if (depth == 0)
            {
                return i + 1;
            }
        }

        return -1;
    }
}

/// <summary>Fills in <c>$NAME</c>, <c>${NAME}</c>, <c>$((A % 2))</c> and <c>$(expr A % 2)</c>.</summary>
internal static class ShellExpansion
{
    /// <summary>The text with everything filled in.</summary>
    public static string Expand(string text, Func<string, string> value)
    {
        StringBuilder result = new();
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                result.Append(text[at++]);
                continue;
            }

            int end = at + 1;
            if (text[end] == '{')
            {
                end = text.IndexOf('}', end) is > 0 and int close ? close + 1 : text.Length;
                result.Append(value(text[(at + 2)..(end - 1)]));
            }
            else if (text[end] == '(')
            {
                end = text.LastIndexOf(')') + 1;
                string inner = text[(at + 1)..end].Trim('(', ')').Trim();
                result.Append(Calculate(inner, value));
            }
            else
            {
                while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '?'))
                {
                    end++;
                }

                result.Append(value(text[(at + 1)..end]));
            }

            at = end;
        }

        return result.ToString();
    }

    /// <summary>A sum of two numbers or variables, from left to right: <c>INDEX % 2</c>.</summary>
    private static string Calculate(string text, Func<string, string> value)
    {
        string[] words = text.Replace("%", " % ", StringComparison.Ordinal)
            .Replace("+", " + ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long result = 0;
        string operation = "+";
        foreach (string word in words)
        {
            if (word is "+" or "-" or "*" or "/" or "%")
            {
                operation = word;
            }
            else if (word != "expr")
            {
                long number = NumberOf(word, value);
                result = operation switch
                {
                    "+" => result + number,
                    "-" => result - number,
                    "*" => result * number,
                    "/" => number == 0 ? 0 : result / number,
                    _ => number == 0 ? 0 : result % number,
                };
            }
        }

        return result.ToString(CultureInfo.InvariantCulture);
    }

    private static long NumberOf(string word, Func<string, string> value)
    {
        string text = word.StartsWith('$') ? Expand(word, value) : char.IsAsciiDigit(word[0]) ? word : value(word);
        return long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : 0;
    }
}
