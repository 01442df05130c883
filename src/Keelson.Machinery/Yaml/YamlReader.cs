using System.Globalization;
using System.Text;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Keelson.Machinery.Yaml;

/// <summary>
/// Reads YAML as sigs.k8s.io/yaml does: the first document of the stream becomes a JSON value. Error texts are those of
/// Go's YAML library, <c>yaml: </c> prefix included.
/// </summary>
public static class YamlReader
{
    /// <summary>
    /// The document as a tree; null for an empty stream. <paramref name="strictErrors"/> receives what strict reading
    /// finds besides: <c>line 6: key "labels" already set in map</c>.
    /// </summary>
    /// <exception cref="DecodeException">The text is no YAML, or says what JSON can't.</exception>
    public static Tree Read(ReadOnlySpan<byte> utf8, List<string>? strictErrors = null)
    {
        string text = Encoding.UTF8.GetString(utf8);
        if (YamlErrors.DescribeLeadingTab(text) is { } tab)
        {
            throw new DecodeException(tab);
        }

        try
        {
            return new Document(new Parser(new Scanner(new StringReader(text), skipComments: true)), strictErrors)
                .Read();
        }
        catch (YamlException failure)
        {
            throw new DecodeException(YamlErrors.Describe(failure, text));
        }
        catch (Exception failure) when (
            failure is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner trips over some malformed flow collections instead of refusing them.
            throw new DecodeException("yaml: did not find expected ',' or ']'");
        }
    }

    /// <summary>The document as JSON, fields sorted by name as Go prints maps.</summary>
    /// <exception cref="DecodeException">The text is no YAML, or says what JSON can't.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> utf8, List<string>? strictErrors = null) =>
        Read(utf8, strictErrors).ToJson(FieldOrder.Sorted);

    /// <summary>
    /// The error text of strict reading: <c>yaml: unmarshal errors:</c> and the findings, a line each.
    /// </summary>
    public static string StrictError(IEnumerable<string> strictErrors) =>
        "yaml: unmarshal errors:\n  " + string.Join("\n  ", strictErrors);

    /// <summary>What an anchor stands for, and how many nodes that are when spelled out.</summary>
    private readonly record struct Anchored(Tree Tree, long Size, bool IsMap);

    /// <summary>One pass over the events of a document.</summary>
    private sealed class Document(IParser parser, List<string>? strictErrors)
    {
        // Upstream's guard against documents that blow up by aliases: from 400,000 to 4,000,000 decoded nodes, the
        // share that may come from aliases sinks from 99% to 10%.
        private const long RatioRangeLow = 400_000;
        private const long RatioRangeHigh = 4_000_000;

        private readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
        private readonly HashSet<string> _open = new(StringComparer.Ordinal);
        private long _decoded;
        private long _fromAliases;

        public Tree Read()
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return NullTree.Instance;
            }

            return ReadNode(0).Tree;
        }

        private Anchored ReadNode(int depth)
        {
            if (depth > TreeReader.MaxDepth)
            {
                throw new DecodeException("yaml: exceeded max depth");
            }

            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                return FollowAlias(alias.Value.Value);
            }

            long before = _decoded;
            _decoded++;
            if (!parser.TryConsume<Scalar>(out var scalar))
            {
                return ReadCollection(depth, before);
            }

            Tree tree = IsText(scalar) ? new TextTree(scalar.Value)
                : Json(YamlScalar.Resolve(scalar.Value, TagOf(scalar)));
            return Remember(scalar.Anchor, new(tree, 1, false));
        }

        private Anchored ReadCollection(int depth, long before)
        {
            NodeEvent start = parser.Current as NodeEvent
                ?? throw new DecodeException("yaml: unknown problem parsing YAML content");
            parser.MoveNext();
            string anchor = start.Anchor.IsEmpty ? "" : start.Anchor.Value;
            if (anchor.Length > 0)
            {
                _open.Add(anchor);
                _anchors.Remove(anchor);
            }

            Tree tree = start is MappingStart ? ReadMapping(depth) : ReadSequence(depth);
            _open.Remove(anchor);
            return Remember(start.Anchor, new(tree, _decoded - before, tree is ObjectTree));
        }

        private ListTree ReadSequence(int depth)
        {
            List<Tree> items = [];
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(depth + 1).Tree);
            }

            return new(items);
        }

        private ObjectTree ReadMapping(int depth)
        {
            ObjectTree tree = new();
            HashSet<string>? keys = strictErrors is null ? null : new(StringComparer.Ordinal);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (IsMerge())
                {
                    parser.MoveNext();
                    _decoded++;
                    long mergeLine = parser.Current!.Start.Line;
                    Merge(tree, ReadNode(depth + 1), keys, mergeLine);
                    continue;
                }

                (string name, string shown) = ReadKey(depth);
                long line = parser.Current!.Start.Line;
                Tree value = ReadNode(depth + 1).Tree;
                Set(tree, name, shown, value, keys, line);
            }

            return tree;
        }

        private (string Name, string Shown) ReadKey(int depth)
        {
            Tree key = ReadNode(depth + 1).Tree;
            return key switch
            {
                TextTree text => (text.Value, GoTree.SyntaxVerb(text)),
                IntegerTree or BoolTree => (GoTree.Verb(key), GoTree.Verb(key)),
                FloatTree number => (GoFloat.Format((float)number.Value), GoFloat.Format(number.Value)),
                NullTree => throw new DecodeException("unsupported map key of type: %!s(<nil>), key: <nil>, value: "
                    + GoTree.SyntaxVerb(ReadNode(depth + 1).Tree)),
                _ => throw new DecodeException("yaml: invalid map key: " + GoTree.SyntaxVerb(key)
                    .Replace("map[string]interface {}", "map[interface {}]interface {}", StringComparison.Ordinal)),
            };
        }

        private void Set(ObjectTree tree, string name, string shown, Tree value, HashSet<string>? keys, long line)
        {
            if (keys is not null && !keys.Add(shown))
            {
                strictErrors!.Add(
                    string.Create(CultureInfo.InvariantCulture, $"line {line}: key {shown} already set in map"));
            }

            tree[name] = value;
        }

        private bool IsMerge() => parser.Current is Scalar { Value: "<<" } scalar
            && (scalar.IsPlainImplicit || TagOf(scalar) == "tag:yaml.org,2002:merge");

        /// <summary>
        /// Merged fields take their place like others: later ones win, also over what stands before the merge.
        /// </summary>
        private void Merge(ObjectTree tree, Anchored source, HashSet<string>? keys, long line)
        {
            IEnumerable<Tree> maps = source.Tree is ListTree list ? Enumerable.Reverse(list.Items) : [source.Tree];
            foreach (Tree map in maps)
            {
                if (map is not ObjectTree fields)
                {
                    throw new DecodeException("yaml: map merge requires map or sequence of maps as the value");
                }

                foreach (KeyValuePair<string, Tree> field in fields.Fields)
                {
                    Set(tree, field.Key, GoTree.SyntaxVerb(new TextTree(field.Key)), field.Value, keys, line);
                }
            }
        }

        private Anchored FollowAlias(string name)
        {
            if (_open.Contains(name))
            {
                throw new DecodeException($"yaml: anchor '{name}' value contains itself");
            }

            if (!_anchors.TryGetValue(name, out Anchored anchored))
            {
                throw new DecodeException($"yaml: unknown anchor '{name}' referenced");
            }

            _decoded += anchored.Size + 1;
            _fromAliases += anchored.Size;
            if (_fromAliases > 100 && _decoded > 1000 && (double)_fromAliases / _decoded > AllowedShare(_decoded))
            {
                throw new DecodeException("yaml: document contains excessive aliasing");
            }

            return anchored;
        }

        private Anchored Remember(AnchorName anchor, Anchored value)
        {
            if (!anchor.IsEmpty)
            {
                _anchors[anchor.Value] = value;
            }

            return value;
        }

        private static double AllowedShare(long decoded) => decoded switch
        {
            <= RatioRangeLow => 0.99,
            >= RatioRangeHigh => 0.10,
            _ => 0.99 - (0.89 * ((double)(decoded - RatioRangeLow) / (RatioRangeHigh - RatioRangeLow))),
        };

        private static bool IsText(Scalar scalar) => scalar.Tag.IsEmpty && !scalar.IsPlainImplicit;

        private static string TagOf(Scalar scalar) =>
            scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;

        /// <summary>The value after the way through JSON, which has no NaN and where 1.0 is 1.</summary>
        private static Tree Json(Tree tree)
        {
            if (tree is not FloatTree number)
            {
                return tree;
            }

            if (!double.IsFinite(number.Value))
            {
                string value = double.IsNaN(number.Value) ? "NaN" : number.Value > 0 ? "+Inf" : "-Inf";
                throw new DecodeException("json: unsupported value: " + value);
            }

            return Math.Truncate(number.Value).Equals(number.Value) && Math.Abs(number.Value) < 9.2e18
                ? IntegerTree.Of((long)number.Value)
                : tree;
        }
    }
}
