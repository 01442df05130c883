namespace Keelson.Store.Embedded.Index;

/// <summary>Sees entries in order of their keys; returns false to end the walk.</summary>
internal interface IKeyVisitor
{
    bool Visit(KeyEntry entry);
}

/// <summary>
/// An ordered set of entries that never changes: adding or removing a key makes a new tree that shares all nodes but
/// those on the path to the key. So a reader takes a tree and walks it while the writer goes on. Arrays are exactly as
/// long as what they hold: in a tree at rest a key costs little more than its one reference.
/// </summary>
internal sealed class KeyTree
{
    // A wide node is cheap to search (six comparisons) and still cheap to copy (half a kilobyte).
    internal const int NodeSizeMax = 64;
    private const int NodeSizeSmall = NodeSizeMax / 4;

    private readonly Node _root;

    private KeyTree(Node root, int count)
    {
        _root = root;
        Count = count;
    }

    public static KeyTree Empty { get; } = new(new Leaf([]), 0);

    public int Count { get; }

    /// <summary>Builds a tree of entries that are in order and distinct.</summary>
    public static KeyTree Build(ReadOnlySpan<KeyEntry> sorted)
    {
        if (sorted.IsEmpty)
        {
            return Empty;
        }
        // Three quarters full: room for the next keys before nodes split.
        const int fill = NodeSizeMax * 3 / 4;
        List<Node> level = new(sorted.Length / fill + 1);
        for (int i = 0; i < sorted.Length; i += fill)
        {
            level.Add(new Leaf(sorted.Slice(i, Math.Min(fill, sorted.Length - i)).ToArray()));
        }
        while (level.Count > 1)
        {
            List<Node> parents = new(level.Count / fill + 1);
            for (int i = 0; i < level.Count; i += fill)
            {
                parents.Add(Inner.Over(level.GetRange(i, Math.Min(fill, level.Count - i)).ToArray()));
            }
            level = parents;
        }
        return new KeyTree(level[0], sorted.Length);
    }

    public KeyEntry? Find(string key)
    {
        Node node = _root;
        while (node is Inner inner)
        {
            node = inner.Children[inner.ChildFor(key)];
        }
        Leaf leaf = (Leaf)node;
        int index = leaf.Search(key);
        return index >= 0 ? leaf.Entries[index] : null;
    }

    /// <summary>Adds an entry whose key is not in the tree.</summary>
    public KeyTree Add(KeyEntry entry)
    {
        Node left = Add(_root, entry, out Node? right);
        return new KeyTree(right is null ? left : Inner.Over([left, right]), Count + 1);
    }

    /// <summary>Removes a key that is in the tree.</summary>
    public KeyTree Remove(string key)
    {
        Node root = Remove(_root, key);
        while (root is Inner { Children.Length: 1 } inner)
        {
            root = inner.Children[0];
        }
        return new KeyTree(root, Count - 1);
    }

    /// <summary>Shows the visitor every entry from <paramref name="start"/> on until it says stop.</summary>
    public void Walk<TVisitor>(string start, ref TVisitor visitor)
        where TVisitor : struct, IKeyVisitor => Walk(_root, start, ref visitor);

    private static bool Walk<TVisitor>(Node node, string? start, ref TVisitor visitor)
        where TVisitor : struct, IKeyVisitor
    {
        if (node is Leaf leaf)
        {
            int first = start is null ? 0 : leaf.Search(start);
            for (int i = first < 0 ? ~first : first; i < leaf.Entries.Length; i++)
            {
                if (!visitor.Visit(leaf.Entries[i]))
                {
                    return false;
                }
            }
            return true;
        }
        Inner inner = (Inner)node;
        // Only the first child can hold keys before the start; the others are walked whole.
        int child = start is null ? 0 : inner.ChildFor(start);
        for (; child < inner.Children.Length; child++, start = null)
        {
            if (!Walk(inner.Children[child], start, ref visitor))
            {
                return false;
            }
        }
        return true;
    }

    private static Node Add(Node node, KeyEntry entry, out Node? right)
    {
        if (node is Leaf leaf)
        {
            int index = leaf.Search(entry.Key);
            if (index >= 0)
            {
                throw new InvalidOperationException($"key is in the index already: {entry.Key}");
            }
            return Leaf.Split(Insert(leaf.Entries, ~index, entry), out right);
        }
        Inner inner = (Inner)node;
        int child = inner.ChildFor(entry.Key);
        Node[] children = (Node[])inner.Children.Clone();
        children[child] = Add(inner.Children[child], entry, out Node? added);
        if (added is not null)
        {
            children = Insert(children, child + 1, added);
        }
        return Inner.Split(children, out right);
    }

    private static Node Remove(Node node, string key)
    {
        if (node is Leaf leaf)
        {
            int index = leaf.Search(key);
            if (index < 0)
            {
                throw new InvalidOperationException($"key is not in the index: {key}");
            }
            return new Leaf(Without(leaf.Entries, index));
        }
        Inner inner = (Inner)node;
        int child = inner.ChildFor(key);
        Node changed = Remove(inner.Children[child], key);
        if (changed.Size == 0)
        {
            return inner.Children.Length == 1 ? changed : Inner.Over(Without(inner.Children, child));
        }
        Node[] children = (Node[])inner.Children.Clone();
        children[child] = changed;
        int neighbour = child > 0 ? child - 1 : child + 1;
        if (changed.Size < NodeSizeSmall && neighbour < children.Length
            && children[neighbour].Size + changed.Size <= NodeSizeMax * 3 / 4)
        {
            int first = Math.Min(child, neighbour);
            Node merged = children[first].MergedWith(children[first + 1]);
            children = Without(children, first + 1);
            children[first] = merged;
        }
        return Inner.Over(children);
    }

    private static T[] Insert<T>(T[] items, int index, T item)
    {
        T[] result = new T[items.Length + 1];
        items.AsSpan(0, index).CopyTo(result);
        result[index] = item;
        items.AsSpan(index).CopyTo(result.AsSpan(index + 1));
        return result;
    }

    private static T[] Without<T>(T[] items, int index)
    {
        T[] result = new T[items.Length - 1];
        items.AsSpan(0, index).CopyTo(result);
        items.AsSpan(index + 1).CopyTo(result.AsSpan(index));
        return result;
    }

    private abstract class Node
    {
        public abstract int Size { get; }

        public abstract string FirstKey { get; }

        public abstract Node MergedWith(Node next);
    }

    private sealed class Leaf(KeyEntry[] entries) : Node
    {
        public KeyEntry[] Entries { get; } = entries;

        public override int Size => Entries.Length;

        public override string FirstKey => Entries[0].Key;

        public static Leaf Split(KeyEntry[] entries, out Node? right)
        {
            right = null;
            if (entries.Length <= NodeSizeMax)
            {
                return new Leaf(entries);
            }
            right = new Leaf(entries[(entries.Length / 2)..]);
            return new Leaf(entries[..(entries.Length / 2)]);
        }

        /// <summary>The index of the key, or the complement of where it would be.</summary>
        public int Search(string key)
        {
            KeyEntry[] entries = Entries;
            int low = 0;
            int high = entries.Length - 1;
            while (low <= high)
            {
                int middle = (low + high) >>> 1;
                int order = string.CompareOrdinal(entries[middle].Key, key);
                if (order == 0)
                {
                    return middle;
                }
                if (order < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }
            return ~low;
        }

        public override Node MergedWith(Node next) => new Leaf([.. Entries, .. ((Leaf)next).Entries]);
    }

    private sealed class Inner : Node
    {
        // The first key below each child when the node was made; keys in between belong to the child before.
        private readonly string[] _firstKeys;

        private Inner(Node[] children, string[] firstKeys)
        {
            Children = children;
            _firstKeys = firstKeys;
        }

        public Node[] Children { get; }

        public override int Size => Children.Length;

        public override string FirstKey => _firstKeys[0];

        public static Inner Over(Node[] children)
        {
            string[] firstKeys = new string[children.Length];
            for (int i = 0; i < children.Length; i++)
            {
                firstKeys[i] = children[i].FirstKey;
            }
            return new Inner(children, firstKeys);
        }

        public static Inner Split(Node[] children, out Node? right)
        {
            right = null;
            if (children.Length <= NodeSizeMax)
            {
                return Over(children);
            }
            right = Over(children[(children.Length / 2)..]);
            return Over(children[..(children.Length / 2)]);
        }

        /// <summary>The last child whose first key is not behind the key; the first child if all are.</summary>
        public int ChildFor(string key)
        {
            int low = 1;
            int high = _firstKeys.Length - 1;
            while (low <= high)
            {
                int middle = (low + high) >>> 1;
                if (string.CompareOrdinal(_firstKeys[middle], key) <= 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }
            return low - 1;
        }

        public override Node MergedWith(Node next) => Over([.. Children, .. ((Inner)next).Children]);
    }
}
