using System.Text;

namespace Keelson.Network.Dns;

/// <summary>A line of a Corefile: a plugin with its arguments, or an option within one.</summary>
/// <param name="Name">The first word.</param>
/// <param name="Arguments">The other words of the line.</param>
/// <param name="Lines">What stands between braces behind it.</param>
internal sealed record CorefileLine(
    string Name, IReadOnlyList<string> Arguments, IReadOnlyList<CorefileLine> Lines)
{
    /// <summary>The lines with a name.</summary>
    public IEnumerable<CorefileLine> Named(string name) => Lines.Where(one => one.Name == name);
}

/// <summary>Reads CoreDNS' configuration: server blocks of plugins, snippets, imports, comments, quotes.</summary>
internal sealed class Corefile
{
    // Imports within imports end here; upstream's parser has a bound, too.
    private const int MostImports = 16;

    private readonly List<(string Text, int Line)> _tokens;
    private readonly Dictionary<string, IReadOnlyList<CorefileLine>> _snippets = new(StringComparer.Ordinal);
    private int _next;

    private Corefile(string text) => _tokens = Tokens(text);

    /// <summary>Reads a text: the names of each server block, and its plugins.</summary>
    /// <exception cref="FormatException">It makes no sense; the message says where.</exception>
    public static IReadOnlyList<(IReadOnlyList<string> Keys, IReadOnlyList<CorefileLine> Plugins)> Parse(string text)
    {
        Corefile file = new(text);
        List<(IReadOnlyList<string>, IReadOnlyList<CorefileLine>)> blocks = [];
        while (file._next < file._tokens.Count)
        {
            List<string> keys = file.Keys();
            IReadOnlyList<CorefileLine> lines = file.Block(0);
            if (keys is [['(', .. var name, ')']])
            {
                file._snippets[name] = lines;
            }
            else
            {
                blocks.Add((keys, lines));
            }
        }

        return blocks;
    }

    private List<string> Keys()
    {
        List<string> keys = [];
        int line = _tokens[_next].Line;
        for (; _next < _tokens.Count && _tokens[_next].Text != "{"; _next++)
        {
            keys.AddRange(_tokens[_next].Text.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }

        if (keys.Count == 0 || _next == _tokens.Count)
        {
            throw new FormatException($"Corefile:{line} - Error during parsing: a server block has no '{{'");
        }

        _next++;
        return keys;
    }

    /// <summary>The lines until the brace that ends them.</summary>
    private List<CorefileLine> Block(int depth)
    {
        List<CorefileLine> lines = [];
        while (true)
        {
            if (_next >= _tokens.Count)
            {
                throw new FormatException("Corefile - Error during parsing: Unexpected EOF");
            }

            (string name, int line) = _tokens[_next++];
            if (name == "}")
            {
                return lines;
            }

            List<string> arguments = [];
            while (_next < _tokens.Count && _tokens[_next].Line == line && _tokens[_next].Text is not ("{" or "}"))
            {
                arguments.Add(_tokens[_next++].Text);
            }

            bool hasBlock = _next < _tokens.Count && _tokens[_next] is ("{", var place) && place == line;
            if (hasBlock)
            {
                _next++;
            }

            CorefileLine made = new(name, arguments, hasBlock ? Block(depth + 1) : []);
            lines.AddRange(name == "import" && depth < MostImports ? Imported(made, line) : [made]);
        }
    }

    private IReadOnlyList<CorefileLine> Imported(CorefileLine import, int line) =>
        import.Arguments is [{ } name, ..] && _snippets.TryGetValue(name, out IReadOnlyList<CorefileLine>? snippet)
            ? snippet
            : throw new FormatException(
                $"Corefile:{line} - Error during parsing: there is no snippet {string.Join(' ', import.Arguments)}");

    private static List<(string Text, int Line)> Tokens(string text)
    {
        List<(string, int)> tokens = [];
        StringBuilder word = new();
        int line = 1;
        bool isQuoted = false;
        bool isComment = false;
        void End(bool evenIfEmpty = false)
        {
            if (word.Length > 0 || evenIfEmpty)
            {
                tokens.Add((word.ToString(), line));
                word.Clear();
            }
        }

        foreach (char one in text)
        {
            if (isQuoted ? one == '"' : one == '"' && word.Length == 0 && !isComment)
            {
                if (isQuoted)
                {
                    End(evenIfEmpty: true);
                }

                isQuoted = !isQuoted;
            }
            else if (isQuoted || (!isComment && !char.IsWhiteSpace(one) && !(one == '#' && word.Length == 0)))
            {
                word.Append(one);
            }
            else
            {
                End();
                isComment = one != '\n' && (isComment || one == '#');
                line += one == '\n' ? 1 : 0;
            }
        }

        End();
        return tokens;
    }
}
