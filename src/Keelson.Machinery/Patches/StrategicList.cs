using Keelson.Machinery.Apply;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Patches;

/// <summary>Merging and ordering lists in a strategic merge patch.</summary>
internal static class StrategicList
{
    private const string ObjectType = "map[string]interface {}";

    /// <summary>Merges two lists, which are used up: of objects by key, of scalars as sets.</summary>
    public static List<Tree> Merge(TypeSchema element, List<Tree> original, List<Tree> patch, string key,
        bool isDeletion)
    {
        if (original.Count == 0 && patch.Count == 0)
        {
            return original;
        }

        bool isObjects = AreObjects(original, patch);
        if (!isObjects && isDeletion)
        {
            HashSet<Tree> gone = new(patch, ByValue.Instance);
            return original.FindAll(item => !gone.Contains(item));
        }

        List<Tree> merged;
        if (!isObjects)
        {
            HashSet<Tree> seen = new(ByValue.Instance);
            merged = [.. original.Concat(patch).Where(seen.Add)];
        }
        else
        {
            if (key.Length == 0)
            {
                throw new PatchException(PatchFailure.Internal, "cannot merge lists without merge key for "
                    + element.Name);
            }

            (original, patch) = FollowDirectives(original, patch, key);
            merged = MergeObjects(element, original, patch, key);
        }

        return Order(merged, patch, original, key);
    }

    /// <summary>
    /// Orders a merged list: elements that <paramref name="order"/> mentions as it has them, the others as they were,
    /// put in where they stood relative to the former.
    /// </summary>
    public static List<Tree> Order(List<Tree> merged, List<Tree> order, List<Tree> original, string key)
    {
        bool isKeyed = key.Length > 0;
        Dictionary<Tree, int> wanted = Places(order, key);
        Dictionary<Tree, int> before = Places(original, key);
        List<Tree> mentioned = [];
        List<Tree> others = [];
        foreach (Tree item in merged)
        {
            Tree identity = isKeyed ? KeyOf(item, key) : item;
            (wanted.ContainsKey(identity) ? mentioned : others).Add(item);
        }

        Sort(mentioned, wanted, key);
        Sort(others, before, key);
        List<Tree> all = new(merged.Count);
        int i = 0;
        int j = 0;
        while (i < others.Count || j < mentioned.Count)
        {
            bool takeOther = j >= mentioned.Count || (i < others.Count
                && before.TryGetValue(Identity(others[i], key), out int left)
                && before.TryGetValue(Identity(mentioned[j], key), out int right)
                && left < right);
            all.Add(takeOther ? others[i++] : mentioned[j++]);
        }

        return all;
    }

    /// <summary>The elements that a patch changes must come in the order it asks for.</summary>
    public static void CheckOrder(List<Tree> patch, List<Tree> order, string key)
    {
        if (patch.Count == 0 || order.Count == 0)
        {
            return;
        }

        List<Tree> kept = key.Length == 0 ? patch : patch.FindAll(static item => !IsDeletion(AsObject(item)));
        int at = 0;
        int i = 0;
        while (i < order.Count && at < kept.Count)
        {
            if (kept[at] is ObjectTree node && node.Contains(StrategicMergePatch.Marker))
            {
                at++;
                continue;
            }

            Tree left = key.Length == 0 ? kept[at] : KeyOf(kept[at], key);
            Tree right = key.Length == 0 ? order[i] : KeyOf(order[i], key);
            at += ByValue.Instance.Equals(left, right) ? 1 : 0;
            i++;
        }

        // Upstream is content when both lists end together.
        if (at < kept.Count && i >= order.Count)
        {
            throw new PatchException(
                PatchFailure.Internal,
                $"The order in patch list:\n{GoTree.Verb(new ListTree(patch))}\n doesn't match $setElementOrder list:\n"
                + $"{GoTree.Verb(new ListTree(order))}\n");
        }
    }

    private static (List<Tree> Original, List<Tree> Patch) FollowDirectives(List<Tree> original, List<Tree> patch,
        string key)
    {
        List<Tree> plain = new(patch.Count);
        bool replace = false;
        foreach (Tree item in patch)
        {
            ObjectTree node = AsObject(item);
            if (node[StrategicMergePatch.Marker] is not { } directive)
            {
                plain.Add(item);
                continue;
            }

            switch ((directive as TextTree)?.Value)
            {
                case StrategicMergePatch.Delete:
                    Tree gone = node[key] ?? throw StrategicMergePatch.NoMergeKey(node, key);
                    original.RemoveAll(old =>
                        ((ObjectTree)old)[key] is { } value && ByValue.Instance.Equals(value, gone));
                    break;
                case StrategicMergePatch.Replace:
                    replace = true;
                    break;
                case "merge":
                    throw new PatchException(PatchFailure.Internal,
                        "merging lists cannot yet be specified in the patch");
                default:
                    throw StrategicMergePatch.UnknownType(directive, node);
            }
        }

        return replace ? (plain, []) : (original, plain);
    }

    private static List<Tree> MergeObjects(TypeSchema element, List<Tree> original, List<Tree> patch, string key)
    {
        List<Tree> merged = [.. original];
        Dictionary<Tree, int> places = Places(merged, key);
        foreach (Tree item in patch)
        {
            ObjectTree node = AsObject(item);
            Tree identity = node[key] ?? throw StrategicMergePatch.NoMergeKey(node, key);
            if (places.TryGetValue(identity, out int place))
            {
                merged[place] = StrategicMergePatch.MergeFields(element, (ObjectTree)merged[place], node);
                continue;
            }

            places.Add(identity, merged.Count);
            merged.Add(item);
        }

        // The elements themselves were merged in place, so the original list shows them too.
        for (int i = 0; i < original.Count; i++)
        {
            original[i] = merged[i];
        }

        return merged;
    }

    private static void Sort(List<Tree> items, Dictionary<Tree, int> places, string key)
    {
        List<(int Place, Tree Item)> placed =
            items.ConvertAll(item => (places.GetValueOrDefault(Identity(item, key), int.MaxValue), item));
        int i = 0;
        foreach ((_, Tree item) in placed.OrderBy(static one => one.Place))
        {
            items[i++] = item;
        }
    }

    /// <summary>Where each element stands first.</summary>
    private static Dictionary<Tree, int> Places(List<Tree> items, string key)
    {
        Dictionary<Tree, int> places = new(items.Count, ByValue.Instance);
        for (int i = 0; i < items.Count; i++)
        {
            places.TryAdd(Identity(items[i], key), i);
        }

        return places;
    }

    private static Tree Identity(Tree item, string key) =>
        key.Length > 0 && item is ObjectTree node ? node[key] ?? NullTree.Instance : item;

    private static Tree KeyOf(Tree item, string key)
    {
        ObjectTree node = AsObject(item);
        return node[key] ?? throw StrategicMergePatch.NoMergeKey(node, key);
    }

    private static ObjectTree AsObject(Tree item) =>
        item as ObjectTree ?? throw StrategicMergePatch.WrongType(ObjectType, item);

    private static bool IsDeletion(ObjectTree node) =>
        node[StrategicMergePatch.Marker] is TextTree { Value: StrategicMergePatch.Delete };

    /// <summary>True for lists of objects; mixed lists and lists of lists are refused.</summary>
    private static bool AreObjects(List<Tree> original, List<Tree> patch)
    {
        string? type = null;
        foreach (Tree item in original.Concat(patch))
        {
            if (item is ListTree)
            {
                throw new PatchException(PatchFailure.Unprocessable, "lists of lists are not supported");
            }

            type ??= GoTree.TypeVerb(item);
            if (type != GoTree.TypeVerb(item))
            {
                string lists = GoTree.Verb(new ListTree([new ListTree(original), new ListTree(patch)]));
                throw new PatchException(PatchFailure.Internal, "list element types are not identical: " + lists);
            }
        }

        return type == ObjectType;
    }

    /// <summary>
    /// Scalars by value; numbers of different kind differ, as they do in Go. Objects and lists by identity.
    /// </summary>
    private sealed class ByValue : IEqualityComparer<Tree>
    {
        public static readonly ByValue Instance = new();

        public bool Equals(Tree? left, Tree? right)
        {
            if (left is null || right is null || left.GetType() != right.GetType() || left is ObjectTree or ListTree)
            {
                return ReferenceEquals(left, right);
            }

            return left.DeepEquals(right);
        }

        public int GetHashCode(Tree tree) =>
            tree is ObjectTree or ListTree ? System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(tree)
                : TreeOrder.Hash(tree);
    }
}
