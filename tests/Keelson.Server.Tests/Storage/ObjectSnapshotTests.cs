using Keelson.Server.Storage;

namespace Keelson.Server.Tests.Storage;

public sealed class ObjectSnapshotTests
{
    [Fact]
    public void A_range_counts_and_shows_what_lies_between_two_keys()
    {
        ObjectSnapshot snapshot = StoredPods.Filled(new FormBudget(0), 1000).Snapshot;
        foreach ((int from, int to) in new[] { (0, 1000), (10, 11), (255, 257), (256, 512), (999, 1000), (5, 5) })
        {
            ObjectRange range = snapshot.Range(Key(from), Key(to));
            Assert.Equal(to - from, range.Count);
            Assert.Equal(Enumerable.Range(from, to - from).Select(Key), range.Select(one => one.Key));
        }

        Assert.Equal(990, snapshot.Range(Key(10), null).Count);
        Assert.Equal(0, snapshot.Range("/registry/z", null).Count);
        Assert.Equal(0, snapshot.Range("/registry/a", "/registry/b").Count);
    }

    private static string Key(int number) => $"/registry/pods/n/pod-{number:d6}";
}
