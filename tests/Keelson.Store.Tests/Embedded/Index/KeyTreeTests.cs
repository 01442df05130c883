using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Tests.Embedded.Index;

public sealed class KeyTreeTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 2_000)]
    [InlineData(3, 30_000)]
    public void A_tree_holds_what_a_sorted_dictionary_holds(int seed, int steps)
    {
        Random random = new(seed);
        SortedDictionary<string, KeyEntry> expected = new(StringComparer.Ordinal);
        KeyTree tree = KeyTree.Empty;
        for (int i = 0; i < steps; i++)
        {
            // Growing for a while, then shrinking to nearly nothing.
            bool isGrowing = i < steps / 2;
            string key = $"/registry/{random.Next(steps / 3 + 1):x}";
            if (!expected.ContainsKey(key))
            {
                if (isGrowing || random.Next(10) == 0)
                {
                    KeyEntry entry = Entry(key);
                    expected.Add(key, entry);
                    tree = tree.Add(entry);
                }
            }
            else if (!isGrowing || random.Next(10) == 0)
            {
                expected.Remove(key);
                tree = tree.Remove(key);
            }
            Assert.Equal(expected.Count, tree.Count);
            Assert.Equal(expected.GetValueOrDefault(key), tree.Find(key));
            if (i % (steps / 10) == 0)
            {
                string start = $"/registry/{random.Next(steps):x}";
                Assert.Equal(expected.Values.ToList(), All(tree, ""));
                Assert.Equal(
                    expected.Where(pair => string.CompareOrdinal(pair.Key, start) >= 0).Select(pair => pair.Value),
                    All(tree, start));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(10_000)]
    public void A_tree_built_at_once_takes_more_keys(int count)
    {
        List<KeyEntry> entries = [.. Enumerable.Range(0, count).Select(i => Entry($"{i:d8}"))];
        KeyTree tree = KeyTree.Build(entries.ToArray());
        Assert.Equal(entries, All(tree, ""));
        KeyEntry between = Entry("00000000x");
        Assert.Contains(between, All(tree.Add(between), ""));
        Assert.Null(tree.Find("00000000x"));
    }

    [Fact]
    public void A_tree_does_not_change_when_another_is_made_of_it()
    {
        KeyTree before = KeyTree.Build(Enumerable.Range(0, 200).Select(i => Entry($"{i:d8}")).ToArray());
        List<KeyEntry> entries = All(before, "");
        KeyTree after = before;
        for (int i = 0; i < 200; i++)
        {
            after = after.Remove($"{i:d8}").Add(Entry($"{i:d8}x"));
        }
        Assert.Equal(entries, All(before, ""));
        Assert.Equal(200, after.Count);
    }

    private static KeyEntry Entry(string key) => new(key, new KeyVersion(key, [], 1, 1, 1, 0, null));

    private static List<KeyEntry> All(KeyTree tree, string start)
    {
        Collector collector = new([]);
        tree.Walk(start, ref collector);
        return collector.Entries;
    }

    private readonly struct Collector(List<KeyEntry> entries) : IKeyVisitor
    {
        public List<KeyEntry> Entries => entries;

        public bool Visit(KeyEntry entry)
        {
            entries.Add(entry);
            return true;
        }
    }
}
