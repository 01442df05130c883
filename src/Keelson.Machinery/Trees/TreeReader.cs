using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Trees;

/// <summary>
/// Reads UTF-8 JSON into a tree as upstream reads it into a map: whole numbers that fit 64 bits stay whole, of equal
/// field names the last value wins.
/// </summary>
public static class TreeReader
{
    /// <summary>Nesting beyond this is refused, as in <see cref="JsonDecoder"/>.</summary>
    public const int MaxDepth = 1000;

    /// <summary>Reads a whole document.</summary>
    /// <param name="utf8">One JSON value, with blanks around it at most.</param>
    /// <param name="report">Collects duplicate fields; null lets them pass.</param>
    /// <exception cref="DecodeException">The document is no JSON; the text is Go's.</exception>
    public static Tree Read(ReadOnlySpan<byte> utf8, DecodeReport? report = null)
    {
        try
        {
            Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            List<PathStep>? path = report is null ? null : [];
            Tree tree = ReadValue(ref reader, report, path);
            reader.Read();
            return tree;
        }
        catch (JsonException)
        {
            throw new DecodeException(GoJsonSyntax.Describe(utf8));
        }
    }

    /// <summary>Reads a whole document that must be an object.</summary>
    /// <exception cref="DecodeException">The document is no JSON, or no object.</exception>
    public static ObjectTree ReadObject(ReadOnlySpan<byte> utf8, DecodeReport? report = null) =>
        Read(utf8, report) as ObjectTree ?? throw new DecodeException(
            $"json: cannot unmarshal {GoJsonSyntax.TypeName(utf8)} into Go value of type map[string]interface {{}}");

    private static Tree ReadValue(ref Utf8JsonReader reader, DecodeReport? report, List<PathStep>? path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadFields(ref reader, report, path);
            case JsonTokenType.StartArray:
                return ReadItems(ref reader, report, path);
            case JsonTokenType.String:
                return new TextTree(ApiStrings.Get(ref reader));
            case JsonTokenType.True:
                return BoolTree.True;
            case JsonTokenType.False:
                return BoolTree.False;
            case JsonTokenType.Number:
                return ReadNumber(ref reader);
            default:
                return NullTree.Instance;
        }
    }

    private static ObjectTree ReadFields(ref Utf8JsonReader reader, DecodeReport? report, List<PathStep>? path)
    {
        ObjectTree tree = new();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = ApiStrings.Get(ref reader);
            reader.Read();
            path?.Add(new(name, 0));
            if (tree.Contains(name))
            {
                report?.Duplicate(Render(path!));
                tree[name] = ReadValue(ref reader, report, path);
            }
            else
            {
                tree.Append(name, ReadValue(ref reader, report, path));
            }

            path?.RemoveAt(path.Count - 1);
        }

        return tree;
    }

    private static ListTree ReadItems(ref Utf8JsonReader reader, DecodeReport? report, List<PathStep>? path)
    {
        List<Tree> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            path?.Add(new(null, items.Count));
            items.Add(ReadValue(ref reader, report, path));
            path?.RemoveAt(path.Count - 1);
        }

        return new(items);
    }

    private static Tree ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out long whole))
        {
            return IntegerTree.Of(whole);
        }

        if (reader.TryGetDouble(out double number) && double.IsFinite(number))
        {
            return new FloatTree(number);
        }

        string text = Encoding.UTF8.GetString(reader.ValueSpan);
        throw new DecodeException($"json: cannot unmarshal number {text} into Go value of type float64");
    }

    private static string Render(List<PathStep> path)
    {
        StringBuilder text = new();
        foreach (PathStep step in path)
        {
            if (step.Name is null)
            {
                text.Append('[').Append(step.Index.ToString(CultureInfo.InvariantCulture)).Append(']');
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(step.Name);
            }
        }

        return text.ToString();
    }

    private readonly record struct PathStep(string? Name, int Index);
}
