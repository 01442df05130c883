using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Tests.Embedded.Index;

public sealed class RevisionIndexTests
{
    private readonly RevisionIndex _index = new();

    [Fact]
    public void Pruning_forgets_what_only_older_revisions_see()
    {
        _index.Put("a", [1], 0, 2);
        _index.Put("b", [1], 0, 3);
        _index.Put("a", [2], 0, 4);
        _index.Delete("b", 5);
        _index.Put("a", [3], 0, 6);
        _index.History.Publish();
        long liveBytes = _index.LiveBytes;

        Assert.True(_index.Prune(4, int.MaxValue));
        Assert.Equal("6 4", Chain("a"));
        Assert.Equal("5 3", Chain("b"));
        Assert.Equal(2, _index.History.Count);

        Assert.True(_index.Prune(6, int.MaxValue));
        Assert.Equal("6", Chain("a"));
        Assert.Equal("", Chain("b"));
        Assert.Equal((1L, liveBytes, 0L), (_index.KeyCount, _index.LiveBytes, _index.HistoryBytes));
    }

    [Fact]
    public void Pruning_stops_when_it_has_done_enough()
    {
        for (int i = 2; i < 100; i++)
        {
            _index.Put("a", [], 0, i);
        }
        _index.History.Publish();
        Assert.False(_index.Prune(99, 10));
        Assert.Equal(88, _index.History.Count);
        Assert.True(_index.Prune(99, 1000));
        Assert.Equal(0, _index.History.Count);
    }

    [Fact]
    public void A_key_that_comes_back_after_its_deletion_was_pruned_is_new()
    {
        _index.Put("a", [1], 0, 2);
        _index.Delete("a", 3);
        _index.History.Publish();
        _index.Prune(3, int.MaxValue);
        _index.Put("a", [2], 0, 4);
        Assert.Equal("4", Chain("a"));
        Assert.Equal((4L, 1L), (_index.Newest("a")!.CreateRevision, _index.Newest("a")!.Version));
    }

    [Fact]
    public void A_rollback_leaves_no_trace()
    {
        _index.Put("a", [1], 0, 2);
        _index.Put("gone", [1], 0, 3);
        _index.Delete("gone", 4);
        _index.History.Publish();
        (long, long, long) figures = (_index.KeyCount, _index.LiveBytes, _index.HistoryBytes);
        HistoryCursor mark = _index.History.End;
        for (int i = 5; i < 500; i++)
        {
            _index.Put($"{i % 7}", [2], 0, i);
            _index.Delete($"{i % 3}", i);
        }
        _index.Put("a", [2], 0, 500);
        _index.Put("gone", [2], 0, 501);

        _index.Rollback(mark, _ => { });

        Assert.Equal(figures, (_index.KeyCount, _index.LiveBytes, _index.HistoryBytes));
        Assert.Equal("2", Chain("a"));
        Assert.Equal("4 3", Chain("gone"));
        Assert.Equal(["a"], _index.Range(new RangeRequest(KeyRange.All), 1000).Items.Select(item => item.Key));
        _index.Put("b", [1], 0, 5);
        _index.History.Publish();
        HistoryCursor cursor = _index.History.Find(5);
        Assert.True(_index.History.TryRead(ref cursor, out StoreEvent change));
        Assert.Equal("b", change.Item.Key);
        Assert.False(_index.History.TryRead(ref cursor, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    public void History_is_found_by_revision(int count)
    {
        for (int i = 0; i < count; i++)
        {
            // Two events a revision.
            _index.Put($"a{i}", [], 0, 2 + (i / 2));
        }
        _index.History.Publish();
        for (int revision = 1; revision < 4 + (count / 2); revision++)
        {
            HistoryCursor cursor = _index.History.Find(revision);
            Assert.Equal(Math.Min(count, Math.Max(0, (revision - 2) * 2)), cursor.Position);
        }
    }

    private string Chain(string key)
    {
        List<long> revisions = [];
        if (_index.Newest(key) is not null || Entry(key) is not null)
        {
            for (KeyVersion? version = Entry(key)?.Newest; version is not null; version = version.Older)
            {
                revisions.Add(version.ModRevision);
            }
        }
        return string.Join(' ', revisions);
    }

    private KeyEntry? Entry(string key)
    {
        Finder finder = new(key);
        _index.Walk(key, ref finder);
        return finder.Found;
    }

    private struct Finder(string key) : IKeyVisitor
    {
        public KeyEntry? Found { get; private set; }

        public bool Visit(KeyEntry entry)
        {
            Found = entry.Key == key ? entry : null;
            return false;
        }
    }
}
