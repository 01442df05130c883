using System.Text;

namespace Keelson.Simulation.Kubelet;

/// <summary>What stands before a command of a script.</summary>
internal enum ShellJoint
{
    /// <summary>Nothing, a semicolon, a line's end: it runs in any case.</summary>
    Next,

    /// <summary>It runs when the one before went well.</summary>
    And,

    /// <summary>It runs when the one before failed.</summary>
    Or,
}

/// <summary>Takes a script apart into commands of words.</summary>
internal static class ShellWords
{
    /// <summary>The commands in turn; variables are looked up when a command's turn comes.</summary>
    public static IEnumerable<(string[] Words, ShellJoint Joint)> Split(string text, Func<string, string> variable)
    {
        List<string> words = [];
        StringBuilder? word = null;
        ShellJoint joint = ShellJoint.Next;
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            if (one is '\'' or '"')
            {
                int end = text.IndexOf(one, i + 1);
                end = end < 0 ? text.Length : end;
                string quoted = text[(i + 1)..end];
                (word ??= new()).Append(one == '"' ? Expand(quoted, variable) : quoted);
                i = end;
            }
            else if (one == '$')
            {
                int end = EndOfName(text, i);
                (word ??= new()).Append(Expand(text[i..end], variable));
                i = end - 1;
            }
            else if (one is ';' or '\n' || (one is '&' or '|' && i + 1 < text.Length && text[i + 1] == one))
            {
                Finish(words, ref word);
                yield return ([.. words], joint);
                words.Clear();
                joint = one == '&' ? ShellJoint.And : one == '|' ? ShellJoint.Or : ShellJoint.Next;
                i += one is '&' or '|' ? 1 : 0;
            }
            else if (char.IsWhiteSpace(one))
            {
                Finish(words, ref word);
            }
            else
            {
                (word ??= new()).Append(one);
            }
        }

        Finish(words, ref word);
        yield return ([.. words], joint);
    }

    private static void Finish(List<string> words, ref StringBuilder? word)
    {
        if (word is not null)
        {
            words.Add(word.ToString());
            word = null;
        }
    }

    private static string Expand(string text, Func<string, string> variable)
    {
        StringBuilder expanded = new();
        for (int i = 0; i < text.Length; i++)
        {
            int end = text[i] == '$' ? EndOfName(text, i) : i;
            if (end <= i + 1)
            {
                expanded.Append(text[i]);
                continue;
            }

            expanded.Append(variable(text[(i + 1)..end].Trim('{', '}')));
            i = end - 1;
        }

        return expanded.ToString();
    }

    private static int EndOfName(string text, int dollar)
    {
        int end = dollar + 1;
        if (end < text.Length && text[end] == '{')
        {
            int close = text.IndexOf('}', end);
            return close < 0 ? text.Length : close + 1;
        }

        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end;
    }
}
