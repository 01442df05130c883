using System.Text;

namespace Keelson.Store.Tests.Conformance;

/// <summary>
/// What every store must do. It knows the contract only: the store may be shared with others, may stand at any revision
/// and may take its time. Each test keeps to keys under a prefix of its own.
/// </summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    private static int _prefixes;

    /// <summary>How long a test waits for what must come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected IStore Store { get; private set; } = null!;

    /// <summary>Keys of this test begin with it.</summary>
    private string Root { get; } =
        $"/conformance/{Environment.ProcessId:x}-{Interlocked.Increment(ref _prefixes):x4}-{Guid.NewGuid():N}/";

    /// <summary>Opens the store that is tested.</summary>
    protected abstract ValueTask<IStore> OpenAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks again and again until the condition holds; false if that takes too long.</summary>
    private static async Task<bool> ComesTrueAsync(Func<ValueTask<bool>> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                return false;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        return true;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(KeyValue? item) => item is null ? "(none)" : Encoding.UTF8.GetString(item.Value);

    private string Key(string name) => Root + name;

    /// <summary>Puts a key and returns the revision.</summary>
    private async Task<long> PutAsync(string name, string value, long lease = 0)
    {
        TxnResult result = await Store.PutAsync(Key(name), Bytes(value), lease);
        Assert.Equal(StoreOutcome.Ok, result.Outcome);
        return result.Revision;
    }

    private async Task<long> DeleteAsync(string name)
    {
        TxnResult result = await Store.DeleteAsync(KeyRange.Single(Key(name)));
        Assert.Equal(StoreOutcome.Ok, result.Outcome);
        return result.Revision;
    }

    private async Task<KeyValue?> GetAsync(string name, long revision = 0)
    {
        GetResult result = await Store.GetAsync(Key(name), revision);
        Assert.Equal(StoreOutcome.Ok, result.Outcome);
        return result.Item;
    }

    /// <summary>Keys under the root with their values, as one line: <c>a=1 b=2</c>.</summary>
    private async Task<string> ListAsync(long revision = 0)
    {
        RangeResult result = await Store.RangeAsync(new RangeRequest(KeyRange.Prefix(Root)) { Revision = revision });
        Assert.Equal(StoreOutcome.Ok, result.Outcome);
        Assert.Equal(result.Items.Length, result.Count);
        return Line(result.Items);
    }

    private string Line(IEnumerable<KeyValue> items) =>
        string.Join(' ', items.Select(item => $"{item.Key[Root.Length..]}={Text(item)}"));

    /// <summary>Reads a watch until it has given as many events.</summary>
    private static async Task<List<StoreEvent>> ReadAsync(IStoreWatch watch, int count)
    {
        using CancellationTokenSource timeout = new(Patience);
        List<StoreEvent> events = [];
        while (events.Count < count)
        {
            WatchBatch batch = await watch.ReadAsync(timeout.Token);
            Assert.Equal(StoreOutcome.Ok, batch.Outcome);
            if (batch.Events.Length > 0)
            {
                Assert.True(batch.Revision >= batch.Events[^1].Item.ModRevision);
            }
            events.AddRange(batch.Events);
        }
        Assert.Equal(count, events.Count);
        return events;
    }

    /// <summary>Events as one line: <c>+a=1 -b</c>; with what was before if it is told: <c>+a=2(1)</c>.</summary>
    private string Line(IEnumerable<StoreEvent> events) => string.Join(' ', events.Select(change =>
        (change.IsDeletion ? "-" : "+") + change.Item.Key[Root.Length..]
        + (change.IsDeletion ? "" : "=" + Text(change.Item))
        + (change.Previous is null ? "" : $"({Text(change.Previous)})")));
}
