using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Keelson.Configuration;

/// <summary>The lines on which the fields of a YAML document begin. Lists have none: nothing asks for them.</summary>
internal sealed class FieldLines
{
    private const char Separator = '\0';
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);

    /// <summary>Of no document.</summary>
    public static FieldLines None { get; } = new();

    /// <summary>Of a document that could be read before.</summary>
    public static FieldLines Of(string text)
    {
        FieldLines lines = new();
        Parser parser = new(new Scanner(new StringReader(text), skipComments: true));
        parser.Consume<StreamStart>();
        if (parser.TryConsume<DocumentStart>(out _))
        {
            lines.Read(parser, "");
        }

        return lines;
    }

    /// <summary>The line of a field, counted from 1; null when it is not there.</summary>
    public long? Of(ReadOnlySpan<string> path) =>
        _lines.TryGetValue(string.Join(Separator, path.ToArray()), out long line) ? line : null;

    private void Read(Parser parser, string path)
    {
        if (!parser.TryConsume<MappingStart>(out _))
        {
            parser.SkipThisAndNestedEvents();
            return;
        }

        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out Scalar? key))
            {
                parser.SkipThisAndNestedEvents();
                parser.SkipThisAndNestedEvents();
                continue;
            }

            string field = path.Length == 0 ? key.Value : path + Separator + key.Value;
            _lines[field] = key.Start.Line;
            Read(parser, field);
        }
    }
}
