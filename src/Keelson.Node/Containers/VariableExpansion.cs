using System.Text;

namespace Keelson.Nodes.Containers;

/// <summary>References to variables in texts: <c>$(NAME)</c>; <c>$$</c> is a plain dollar sign.</summary>
internal static class VariableExpansion
{
    /// <summary>
    /// Replaces references; <paramref name="find"/> gives null for names it does not know, which stay.
    /// </summary>
    public static string Expand(string text, Func<string, string?> find)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder expanded = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
                continue;
            }

            i++;
            int end = text[i] == '(' ? text.IndexOf(')', i) : -1;
            if (end > 0)
            {
                string name = text[(i + 1)..end];
                expanded.Append(find(name) ?? $"$({name})");
                i = end;
            }
            else if (text[i] == '$')
            {
                expanded.Append('$');
            }
            else
            {
                expanded.Append('$').Append(text[i]);
            }
        }

        return expanded.ToString();
    }
}
