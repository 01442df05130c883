using System.Text;

namespace Keelson.Network.Dns;

/// <summary>A line of a Corefile: a plugin with its arguments, or an option within one.</summary>
/// <param name="Name">The first word.</param>
/// <param name="Arguments">The other words of the line.</param>
/// <param name="Lines">What stands between braces behind it.</param>
/// <param name="Number">The number of the line.</param>
internal sealed record CorefileLine(
    string Name, IReadOnlyList<string> Arguments, IReadOnlyList<CorefileLine> Lines, int Number)
{
    /// <summary>The lines with a name.</summary>
    public IEnumerable<CorefileLine> Named(string name) => Lines.Where(one => one.Name == name);

    /// <summary>What is wrong with the line, in CoreDNS' words.</summary>
    public FormatException Wrong(string message) => Corefile.Wrong(Number, message);

    /// <summary>The line has too few words, or too many.</summary>
    public FormatException WrongCount() => Wrong(
        $"Wrong argument count or unexpected line ending after '{(Arguments.Count > 0 ? Arguments[^1] : Name)}'");
}

/// <summary>Reads CoreDNS' configuration: server blocks of plugins, snippets, imports, comments, quotes.</summary>
internal sealed class Corefile
{
    // Imports within imports end here; upstream's parser has a bound, too.
    private const int MostImports = 16;

    private readonly List<(string Text, int Line)> _tokens;
    private readonly Func<string, IReadOnlyList<string>> _files;
    private readonly Dictionary<string, IReadOnlyList<CorefileLine>> _snippets = new(StringComparer.Ordinal);
    private int _next;
    private int _imports;

    private Corefile(string text, Func<string, IReadOnlyList<string>> files)
    {
        _tokens = Tokens(text);
        _files = files;
    }

    /// <summary>Reads a text: the names of each server block, and its plugins.</summary>
    /// <param name="text">The text.</param>
    /// <param name="files">The contents of the files that a pattern means; none where there are none.</param>
    /// <exception cref="FormatException">It makes no sense; the message says where.</exception>
    public static IReadOnlyList<(IReadOnlyList<string> Keys, IReadOnlyList<CorefileLine> Plugins)> Parse(
        string text, Func<string, IReadOnlyList<string>>? files = null)
    {
        Corefile file = new(text, files ?? (static _ => []));
        List<(IReadOnlyList<string>, IReadOnlyList<CorefileLine>)> blocks = [];
        while (file._next < file._tokens.Count)
        {
            if (file.ImportsHere())
            {
                continue;
            }

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

    /// <summary>What is wrong with a line, in CoreDNS' words.</summary>
    public static FormatException Wrong(int line, string message) =>
        new($"Corefile:{line} - Error during parsing: {message}");

    /// <summary>Server blocks may come from other files; true when an import was taken in.</summary>
    private bool ImportsHere()
    {
        (string word, int line) = _tokens[_next];
        if (word != "import")
        {
            return false;
        }

        string pattern = ImportedName(line, _next + 1);
        _tokens.RemoveRange(_next, 2);
        _tokens.InsertRange(_next, TokensOf(pattern, line));
        return true;
    }

    private string ImportedName(int line, int place)
    {
        if (place >= _tokens.Count || _tokens[place].Line != line)
        {
            throw Wrong(line, "Wrong argument count or unexpected line ending after 'import'");
        }

        return ++_imports > MostImports ? throw Wrong(line, "too many imports") : _tokens[place].Text;
    }

    /// <summary>The words of the files that are imported: as with CoreDNS, a pattern may mean none, a name not.
    /// </summary>
    private IEnumerable<(string Text, int Line)> TokensOf(string pattern, int line)
    {
        IReadOnlyList<string> found = _files(pattern);
        return found.Count > 0 || pattern.AsSpan().IndexOfAny('*', '?', '[') >= 0
            ? found.SelectMany(Tokens)
            : throw Wrong(line, $"File to import not found: {pattern}");
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
            throw Wrong(line, "a server block has no '{'");
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

            if (name == "import" && depth == 0 && TakesIn(line))
            {
                continue;
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

            CorefileLine made = new(name, arguments, hasBlock ? Block(depth + 1) : [], line);
            lines.AddRange(name == "import" ? Imported(made) : [made]);
        }
    }

    /// <summary>Takes in files that a server block imports; false for a snippet.</summary>
    private bool TakesIn(int line)
    {
        if (_next < _tokens.Count && _snippets.ContainsKey(_tokens[_next].Text))
        {
            return false;
        }

        string pattern = ImportedName(line, _next);
        _tokens.RemoveAt(_next);
        _tokens.InsertRange(_next, TokensOf(pattern, line));
        return true;
    }

    private IReadOnlyList<CorefileLine> Imported(CorefileLine import) =>
        import.Arguments is [{ } name, ..] && _snippets.TryGetValue(name, out IReadOnlyList<CorefileLine>? snippet)
            ? snippet
            : throw import.Wrong($"File to import not found: {string.Join(' ', import.Arguments)}");

    private static List<(string Text, int Line)> Tokens(string text)
    {
        List<(string, int)> tokens = [];
        StringBuilder word = new();
        int line = 1;
        int start = 1;
        bool isQuoted = false;
        bool isComment = false;
        void End(bool evenIfEmpty = false)
        {
            if (word.Length > 0 || evenIfEmpty)
            {
                tokens.Add((word.ToString(), evenIfEmpty ? start : line));
                word.Clear();
            }
        }

        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            if (isQuoted && one == '\\' && i + 1 < text.Length && text[i + 1] == '"')
            {
                word.Append(text[++i]);
            }
            else if (isQuoted ? one == '"' : one == '"' && word.Length == 0 && !isComment)
            {
                if (isQuoted)
                {
                    End(evenIfEmpty: true);
                }

                isQuoted = !isQuoted;
                start = line;
            }
            else if (isQuoted || (!isComment && !char.IsWhiteSpace(one) && !(one == '#' && word.Length == 0)))
            {
                word.Append(one);
                line += one == '\n' ? 1 : 0;
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
