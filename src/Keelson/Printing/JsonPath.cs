using System.Text;
using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Printing;

/// <summary>A JSONPath template: what an object says in it. Fields that are not there say nothing.</summary>
internal sealed class JsonPath
{
    private readonly string _template;
    private readonly IReadOnlyList<JsonPathNode> _nodes;

    /// <summary>Reads a template.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public JsonPath(string template) => (_template, _nodes) = (template, JsonPathParser.Parse(template));

    /// <summary>Reads a path that may come without braces and without its first dot: <c>.metadata.name</c>.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static JsonPath Relaxed(string path)
    {
        string inner = path.StartsWith('{') && path.EndsWith('}') ? path[1..^1] : path;
        if (inner.Contains('{') || inner.Contains('}'))
        {
            throw new CommandException(
                $"unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{{name1.name2}}' or "
                    + $"'{{.name1.name2}}'");
        }

        return new JsonPath("{" + (inner.StartsWith('.') || inner.StartsWith('[') ? inner : "." + inner) + "}");
    }

    /// <summary>The template filled in.</summary>
    /// <exception cref="CommandException">The object does not fit.</exception>
    public string Print(Tree root)
    {
        try
        {
            StringBuilder text = new();
            Print(_nodes, root, root, text);
            return text.ToString();
        }
        catch (FormatException exception)
        {
            throw new CommandException(
                $"error executing jsonpath \"{_template}\": Error executing template: {exception.Message}. "
                + "Printing more information for debugging the template:\n"
                + $"\ttemplate was:\n\t\t{_template}\n"
                + $"\tobject given to jsonpath engine was:\n\t\t{GoTree.SyntaxVerb(root)}\n\n\n",
                exception);
        }
    }

    /// <summary>The values that the first path finds.</summary>
    public IReadOnlyList<Tree> Find(Tree root)
    {
        try
        {
            return _nodes.OfType<PathNode>().FirstOrDefault() is { } path ? Walk(path, root, root) : [];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    /// <summary>A value as templates print it.</summary>
    public static string TextOf(Tree value) => value is ObjectTree or ListTree
        ? Encoding.UTF8.GetString(value.ToJson(FieldOrder.Sorted))
        : value is NullTree ? "" : GoTree.Verb(value);

    private static void Print(IReadOnlyList<JsonPathNode> nodes, Tree root, Tree current, StringBuilder text)
    {
        foreach (JsonPathNode node in nodes)
        {
            switch (node)
            {
                case TextNode plain:
                    text.Append(plain.Text);
                    break;
                case ValueNode value:
                    text.Append(TextOf(value.Value));
                    break;
                case PathNode path:
                    text.AppendJoin(' ', Walk(path, root, current).Select(TextOf));
                    break;
                case RangeNode range:
                    foreach (Tree one in Walk(range.Over, root, current))
                    {
                        Print(range.Body, root, one, text);
                    }

                    break;
            }
        }
    }

    private static List<Tree> Walk(PathNode path, Tree root, Tree current)
    {
        List<Tree> values = [path.IsFromRoot ? root : current];
        foreach (PathStep step in path.Steps)
        {
            values = [.. values.SelectMany(value => Take(step, root, value))];
        }

        return values;
    }

    private static IEnumerable<Tree> Take(PathStep step, Tree root, Tree value) => step switch
    {
        FieldStep fields => fields.Names.Select(name => (value as ObjectTree)?[name]).OfType<Tree>(),
        AllStep => Children(value),
        DeepStep => Descendants(value),
        IndexStep indexes => indexes.Indexes.Select(index => Item(value, index)),
        SliceStep slice => Slice(value, slice),
        FilterStep filter => Children(value).Where(one => Holds(filter, root, one)),
        _ => [],
    };

    private static IEnumerable<Tree> Children(Tree value) => value switch
    {
        ListTree list => list.Items,
        ObjectTree node => node.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Value),
        _ => [],
    };

    private static IEnumerable<Tree> Descendants(Tree value) => Children(value).SelectMany(Descendants).Prepend(value);

    private static Tree Item(Tree value, int index)
    {
        if (value is not ListTree list)
        {
            throw new FormatException($"{GoTree.TypeVerb(value)} is not array or slice");
        }

        int at = index < 0 ? index + list.Items.Count : index;
        return at >= 0 && at < list.Items.Count
            ? list.Items[at]
            : throw new FormatException($"array index out of bounds: index {index}, length {list.Items.Count}");
    }

    private static IEnumerable<Tree> Slice(Tree value, SliceStep slice)
    {
        if (value is not ListTree list)
        {
            throw new FormatException($"{GoTree.TypeVerb(value)} is not array or slice");
        }

        int count = list.Items.Count;
        int from = slice.From is { } first ? (first < 0 ? first + count : first) : 0;
        int to = slice.To is { } last ? (last < 0 ? last + count : last) : count;
        int by = slice.By is > 0 and int given ? given : 1;
        for (int at = Math.Max(0, from); at < Math.Min(to, count); at += by)
        {
            yield return list.Items[at];
        }
    }

    private static bool Holds(FilterStep filter, Tree root, Tree current)
    {
        Tree? left = Operand(filter.Left, root, current);
        if (filter.Operator == "exists")
        {
            return left is not null;
        }

        Tree? right = filter.Right is null ? null : Operand(filter.Right, root, current);
        if (left is null || right is null)
        {
            return false;
        }

        if (filter.Operator is "==" or "!=")
        {
            return left.DeepEquals(right) == (filter.Operator == "==");
        }

        int order = (left, right) switch
        {
            (TextTree one, TextTree other) => string.CompareOrdinal(one.Value, other.Value),
            _ => NumberOf(left).CompareTo(NumberOf(right)),
        };
        return filter.Operator switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static Tree? Operand(JsonPathNode node, Tree root, Tree current) => node switch
    {
        ValueNode value => value.Value,
        PathNode path => Walk(path, root, current).FirstOrDefault(),
        _ => null,
    };

    private static double NumberOf(Tree tree) => tree switch
    {
        IntegerTree whole => whole.Value,
        FloatTree number => number.Value,
        _ => throw new FormatException($"unrecognized type {GoTree.TypeVerb(tree)}"),
    };
}
