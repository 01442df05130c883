using System.Globalization;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;

namespace Keelson.Machinery.Patches;

/// <summary>JSON Patch (RFC 6902) with the leniencies of the library that upstream uses.</summary>
public static class JsonPatch
{
    /// <summary>Upstream refuses longer patches.</summary>
    public const int MaxOperations = 10_000;

    /// <summary>What all copies of a patch together may add, in bytes: upstream's request limit, 3 MiB.</summary>
    private const long MaxCopySize = 3 * 1024 * 1024;

    private const string Missing = "missing value";
    private const string InvalidIndex = "invalid index referenced";
    private const string TestFailed = "test failed";

    private static readonly string[] OperationFields = ["op", "path", "from", "value"];

    /// <summary>
    /// Checks the shape of a patch. <paramref name="warn"/> receives <c>json patch unknown field "[0].nope"</c> for
    /// what strict validation complains about.
    /// </summary>
    /// <exception cref="PatchException">The patch is not a list of operations, or too long a one.</exception>
    public static void Check(Tree patch, Action<string>? warn = null)
    {
        if (patch is NullTree)
        {
            return;
        }

        if (patch is not ListTree list)
        {
            throw Bad(
                $"error decoding patch: json: cannot unmarshal {Kind(patch)} "
                + "into Go value of type []handlers.jsonPatchOp");
        }

        for (int i = 0; i < list.Items.Count; i++)
        {
            CheckOperation(list.Items[i], i, warn);
        }

        if (list.Items.Count > MaxOperations)
        {
            string count = list.Items.Count.ToString(CultureInfo.InvariantCulture);
            throw new PatchException(
                PatchFailure.TooLarge,
                    $"The allowed maximum operations in a JSON patch is {MaxOperations}, got {count}");
        }
    }

    /// <summary>The patched document; the input is not changed.</summary>
    /// <exception cref="PatchException">The patch is malformed or one of its operations does not apply.</exception>
    public static Tree Apply(Tree document, Tree patch)
    {
        Check(patch);
        if (patch is not ListTree list || list.Items.Count == 0)
        {
            return document;
        }

        Run run = new(document.DeepClone());
        foreach (Tree operation in list.Items)
        {
            run.Step(operation as ObjectTree ?? new());
        }

        return run.Document;
    }

    private static void CheckOperation(Tree operation, int index, Action<string>? warn)
    {
        if (operation is NullTree)
        {
            return;
        }

        if (operation is not ObjectTree node)
        {
            throw Bad(
                $"error decoding patch: json: cannot unmarshal {Kind(operation)} "
                + "into Go value of type handlers.jsonPatchOp");
        }

        foreach (KeyValuePair<string, Tree> field in node.AsSpan())
        {
            if (!OperationFields.Contains(field.Key))
            {
                warn?.Invoke(
                    string.Create(CultureInfo.InvariantCulture, $"json patch unknown field \"[{index}].{field.Key}\""));
            }
            else if (field.Key != "value" && field.Value is not (TextTree or NullTree))
            {
                throw Bad("error decoding patch: json: cannot unmarshal " + Kind(field.Value)
                    + $" into Go struct field jsonPatchOp.{field.Key} of type string");
            }
        }
    }

    private static PatchException Bad(string message) => new(PatchFailure.BadRequest, message);

    private static PatchException Fails(string message) => new(PatchFailure.Unprocessable, message);

    private static string Kind(Tree tree) => tree switch
    {
        ObjectTree => "object",
        ListTree => "array",
        TextTree => "string",
        BoolTree => "bool",
        _ => "number",
    };

    /// <summary>One application of a patch to a document of its own.</summary>
    private sealed class Run(Tree document)
    {
        private long _copied;

        public Tree Document { get; private set; } = document;

        public void Step(ObjectTree operation)
        {
            string kind = operation["op"] is TextTree text ? text.Value : "unknown";
            switch (kind)
            {
                case "add":
                    string target = Path(operation, "add operation failed to decode path: missing value");
                    Add(Container(target, $"add operation does not apply: doc is missing path: \"{target}\""),
                        Value(operation), "add", target);
                    break;
                case "remove":
                    target = Path(operation, "remove operation failed to decode path: missing value");
                    Remove(Container(target, $"remove operation does not apply: doc is missing path: \"{target}\""),
                        "remove", target);
                    break;
                case "replace":
                    Replace(operation);
                    break;
                case "move":
                    Move(operation);
                    break;
                case "copy":
                    Copy(operation);
                    break;
                case "test":
                    Test(operation);
                    break;
                default:
                    throw Fails("Unexpected kind: " + kind);
            }
        }

        private static string Path(ObjectTree operation, string error) =>
            operation["path"] is TextTree path ? path.Value : throw Fails(error);

        private static Tree Value(ObjectTree operation) => operation["value"]?.DeepClone() ?? NullTree.Instance;

        private void Replace(ObjectTree operation)
        {
            string path =
                Path(operation, "replace operation failed to decode path: operation missing path field: missing value");
            Tree value = Value(operation);
            if (path.Length == 0)
            {
                Document = value is ObjectTree or ListTree ? value
                    : throw Fails("replace operation value must be object or array: %!w(<nil>)");
                return;
            }

            Place place = Container(path, "replace operation does not apply: doc is missing path: " + path);
            if (place.List is { } list)
            {
                int index = Index(list, place.Key, list.Count)
                    ?? throw Fails($"replace operation does not apply: doc is missing key: {path}: {Missing}");
                list[index] = value;
            }
            else
            {
                // A missing key does not count as missing here, so replace adds it.
                place.Node![place.Key] = value;
            }
        }

        private void Move(ObjectTree operation)
        {
            string from = From(operation, "move");
            Place source = Container(from, "move operation does not apply: doc is missing from path: " + from);
            Tree moved = Get(source, "move", "path", source.Key) ?? NullTree.Instance;
            Remove(source, "move", source.Key);
            string path =
                Path(operation, "move operation failed to decode path: operation missing path field: missing value");
            Add(Container(path, "move operation does not apply: doc is missing destination path: " + path), moved,
                "move", path);
        }

        private void Copy(ObjectTree operation)
        {
            string from = From(operation, "copy");
            Place source = Container(from, "copy operation does not apply: doc is missing from path: " + from);
            Tree? copied = Get(source, "copy", "from", from);
            string path = Path(operation, "copy operation failed to decode path: missing value");
            Place target = Container(path, "copy operation does not apply: doc is missing destination path: " + path);
            _copied += copied?.ToJson().Length ?? 0;
            if (_copied > MaxCopySize)
            {
                throw Fails(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Unable to complete the copy, the accumulated size increase of copy is {_copied}, exceeding the "
                    + $"limit {MaxCopySize}"));
            }

            Add(target, copied?.DeepClone() ?? NullTree.Instance, null, path);
        }

        private void Test(ObjectTree operation)
        {
            string path =
                Path(operation, "test operation failed to decode path: operation missing path field: missing value");
            Tree expected = operation["value"] ?? NullTree.Instance;
            Tree? actual = Document;
            if (path.Length > 0)
            {
                Place place = Container(path, "test operation does not apply: is missing path: " + path);
                actual = Get(place, "test", "path", path);
            }

            if (!Same(actual ?? NullTree.Instance, expected))
            {
                throw Fails($"testing value {path} failed: {TestFailed}");
            }
        }

        private static string From(ObjectTree operation, string kind) => operation["from"] is TextTree from
            ? from.Value
            : throw Fails($"{kind} operation failed to decode from: operation, missing from field: {Missing}");

        private static void Add(Place place, Tree value, string? kind, string path)
        {
            if (place.Node is { } node)
            {
                node[place.Key] = value;
                return;
            }

            List<Tree> list = place.List!;
            if (place.Key == "-")
            {
                list.Add(value);
                return;
            }

            string prefix = kind is null ? "error while adding value during copy: "
                : $"error in {kind} for path: '{path}': ";
            if (!TryNumber(place.Key, out int index))
            {
                throw Fails($"{prefix}value was not a proper array index: '{place.Key}': {NotANumber(place.Key)}");
            }

            if (index > list.Count || index < -(list.Count + 1))
            {
                throw Fails(prefix + OutOfRange(index));
            }

            list.Insert(index < 0 ? index + list.Count + 1 : index, value);
        }

        private static void Remove(Place place, string kind, string path)
        {
            if (place.Node is { } node)
            {
                if (!node.Remove(place.Key))
                {
                    throw Fails(
                        $"error in {kind} for path: '{path}': "
                        + $"Unable to remove nonexistent key: {place.Key}: {Missing}");
                }

                return;
            }

            List<Tree> list = place.List!;
            list.RemoveAt(Index(list, place.Key, list.Count)
                ?? throw Fails($"error in {kind} for path: '{path}': {WhyNoIndex(place.Key)}"));
        }

        private static Tree? Get(Place place, string kind, string what, string path)
        {
            if (place.Node is { } node)
            {
                return node[place.Key];
            }

            List<Tree> list = place.List!;
            return list[Index(list, place.Key, list.Count)
                ?? throw Fails($"error in {kind} for {what}: '{path}': {WhyNoIndex(place.Key)}")];
        }

        /// <summary>Everything of a path but its last part, which need not exist yet.</summary>
        private Place Container(string path, string error)
        {
            string[] parts = path.Split('/');
            if (parts.Length < 2)
            {
                throw Fails($"{error}: {Missing}");
            }

            Tree? at = Document;
            for (int i = 1; i < parts.Length - 1 && at is not null; i++)
            {
                string part = Decode(parts[i]);
                at = at switch
                {
                    ObjectTree node => node[part],
                    ListTree list => Index(list.Items, part, list.Items.Count) is { } index ? list.Items[index] : null,
                    _ => null,
                };
            }

            string key = Decode(parts[^1]);
            return at switch
            {
                ObjectTree node => new(node, null, key),
                ListTree list => new(null, list.Items, key),
                _ => throw Fails($"{error}: {Missing}"),
            };
        }

        private static string Decode(string part) => part.Contains('~', StringComparison.Ordinal)
            ? part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            : part;

        /// <summary>A place in a list; negative ones count from the end. Null when there is none.</summary>
        private static int? Index(List<Tree> list, string key, int count) =>
            TryNumber(key, out int index) && index < count && index >= -count ? (index < 0 ? index + list.Count : index)
                : null;

        private static bool TryNumber(string key, out int number) =>
            int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

        private static string WhyNoIndex(string key) =>
            TryNumber(key, out int index) ? OutOfRange(index) : NotANumber(key);

        private static string OutOfRange(int index) =>
            string.Create(CultureInfo.InvariantCulture, $"Unable to access invalid index: {index}: {InvalidIndex}");

        private static string NotANumber(string key) => $"strconv.Atoi: parsing {GoText.Quote(key)}: invalid syntax";

        /// <summary>Upstream compares scalars by their text, so 1 is not 1.0.</summary>
        private static bool Same(Tree left, Tree right) => (left, right) switch
        {
            (ObjectTree one, ObjectTree other) => one.Count == other.Count
                && one.Fields.All(field => other.TryGet(field.Key, out Tree? match) && Same(field.Value, match)),
            (ListTree one, ListTree other) => one.Items.Count == other.Items.Count
                && one.Items.Zip(other.Items).All(pair => Same(pair.First, pair.Second)),
            _ => left.GetType() == right.GetType() && left.DeepEquals(right),
        };

        private readonly record struct Place(ObjectTree? Node, List<Tree>? List, string Key);
    }
}
