using System.Net;
using System.Text;

namespace Keelson.Server.Connections.Proxies;

/// <summary>
/// Rewrites the URLs in the tags of a page. Start tags are written anew, as Go's tokenizer prints them: names in lower
/// case, values in double quotes; everything else stays as it is.
/// </summary>
internal static class HtmlLinks
{
    private static readonly Dictionary<string, string[]> UrlAttributes = new(StringComparer.Ordinal)
    {
        ["a"] = ["href"],
        ["applet"] = ["codebase"],
        ["area"] = ["href"],
        ["audio"] = ["src"],
        ["base"] = ["href"],
        ["blockquote"] = ["cite"],
        ["body"] = ["background"],
        ["button"] = ["formaction"],
        ["command"] = ["icon"],
        ["del"] = ["cite"],
        ["embed"] = ["src"],
        ["form"] = ["action"],
        ["frame"] = ["longdesc", "src"],
        ["head"] = ["profile"],
        ["html"] = ["manifest"],
        ["iframe"] = ["longdesc", "src"],
        ["img"] = ["longdesc", "src", "usemap"],
        ["input"] = ["src", "usemap", "formaction"],
        ["ins"] = ["cite"],
        ["link"] = ["href"],
        ["object"] = ["classid", "codebase", "data", "usemap"],
        ["q"] = ["cite"],
        ["script"] = ["src"],
        ["source"] = ["src"],
        ["video"] = ["poster", "src"],
    };

    /// <summary>Elements whose content is text up to their own end tag.</summary>
    private static readonly HashSet<string> RawElements = new(StringComparer.Ordinal)
    {
        "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "title", "textarea", "xmp",
    };

    /// <summary>The page with its URLs rewritten.</summary>
    public static string Rewrite(string page, Func<string, string> rewrite)
    {
        StringBuilder output = new(page.Length + 256);
        int at = 0;
        while (at < page.Length)
        {
            int open = page.IndexOf('<', at);
            if (open < 0 || open + 1 >= page.Length)
            {
                break;
            }

            output.Append(page, at, open - at);
            at = open;
            if (!char.IsAsciiLetter(page[open + 1]))
            {
                at = SkipOther(page, open);
                output.Append(page, open, at - open);
                continue;
            }

            if (TagReader.Read(page, open) is not { } tag)
            {
                break;
            }

            Append(output, tag, rewrite);
            at = tag.End;
            if (RawElements.Contains(tag.Name) && !tag.IsSelfClosing)
            {
                int end = EndOfRaw(page, at, tag.Name);
                output.Append(page, at, end - at);
                at = end;
            }
        }

        return output.Append(page, at, page.Length - at).ToString();
    }

    private static void Append(StringBuilder output, HtmlTag tag, Func<string, string> rewrite)
    {
        UrlAttributes.TryGetValue(tag.Name, out string[]? urls);
        output.Append('<').Append(tag.Name);
        foreach ((string name, string value) in tag.Attributes)
        {
            string shown = urls?.Contains(name) == true ? rewrite(value) : value;
            output.Append(' ').Append(name).Append("=\"").Append(Escape(shown)).Append('"');
        }

        output.Append(tag.IsSelfClosing ? "/>" : ">");
    }

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal)
        .Replace("\r", "&#13;", StringComparison.Ordinal);

    /// <summary>The end of an end tag, a comment, a declaration, or of a bracket that is just a bracket.</summary>
    private static int SkipOther(string page, int open)
    {
        bool isMarkup = page[open + 1] is '/' or '!' or '?';
        string end = page.AsSpan(open).StartsWith("<!--") ? "-->" : ">";
        int close = isMarkup ? page.IndexOf(end, open + 2, StringComparison.Ordinal) : open;
        return close < 0 ? page.Length : isMarkup ? close + end.Length : open + 1;
    }

    private static int EndOfRaw(string page, int from, string name)
    {
        for (int at = from; name != "plaintext"; at += 2)
        {
            at = page.IndexOf("</" + name, at, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
            {
                break;
            }

            int after = at + 2 + name.Length;
            if (after < page.Length && page[after] is ' ' or '\n' or '\r' or '\t' or '\f' or '/' or '>')
            {
                return at;
            }
        }

        return page.Length;
    }
}

/// <summary>A start tag.</summary>
internal sealed record HtmlTag(
    string Name, IReadOnlyList<(string Name, string Value)> Attributes, bool IsSelfClosing, int End);

/// <summary>Reads start tags.</summary>
internal ref struct TagReader
{
    private readonly ReadOnlySpan<char> _page;
    private int _at;

    private TagReader(ReadOnlySpan<char> page, int at)
    {
        _page = page;
        _at = at;
    }

    /// <summary>The tag that begins here; null when the page ends within it.</summary>
    public static HtmlTag? Read(string page, int open)
    {
        TagReader reader = new(page, open + 1);
        string name = reader.Until(" \n\r\t\f/>").ToString().ToLowerInvariant();
        List<(string, string)> attributes = [];
        bool slash = false;
        while (true)
        {
            slash = reader.SkipBlanksAndSlashes();
            if (reader.IsAtEnd)
            {
                return null;
            }

            if (reader.Current == '>')
            {
                return new HtmlTag(name, attributes, slash, reader._at + 1);
            }

            reader.ReadAttribute(attributes);
        }
    }

    private readonly bool IsAtEnd => _at >= _page.Length;

    private readonly char Current => _page[_at];

    private ReadOnlySpan<char> Until(scoped ReadOnlySpan<char> ends)
    {
        int length = _page[_at..].IndexOfAny(ends);
        ReadOnlySpan<char> read = length < 0 ? _page[_at..] : _page.Slice(_at, length);
        _at += read.Length;
        return read;
    }

    private bool SkipBlanksAndSlashes()
    {
        bool slash = false;
        while (!IsAtEnd && Current is ' ' or '\n' or '\r' or '\t' or '\f' or '/')
        {
            slash = Current == '/';
            _at++;
        }

        return slash;
    }

    private void ReadAttribute(List<(string Name, string Value)> attributes)
    {
        // A name may begin with an equals sign, but not go on after one.
        int start = _at++;
        Until(" \n\r\t\f/>=");
        string name = _page[start.._at].ToString().ToLowerInvariant();
        int before = _at;
        SkipBlanks();
        string value = "";
        if (!IsAtEnd && Current == '=')
        {
            _at++;
            SkipBlanks();
            value = WebUtility.HtmlDecode(ReadValue().ToString());
        }
        else
        {
            _at = before;
        }

        if (!attributes.Exists(one => one.Name == name))
        {
            attributes.Add((name, value));
        }
    }

    private ReadOnlySpan<char> ReadValue()
    {
        if (IsAtEnd || Current is not ('"' or '\''))
        {
            return Until(" \n\r\t\f>");
        }

        char quote = _page[_at++];
        ReadOnlySpan<char> value = Until([quote]);
        _at = Math.Min(_at + 1, _page.Length);
        return value;
    }

    private void SkipBlanks()
    {
        while (!IsAtEnd && Current is ' ' or '\n' or '\r' or '\t' or '\f')
        {
            _at++;
        }
    }
}
