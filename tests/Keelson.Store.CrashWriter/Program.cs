using System.Globalization;
using System.Text;
using Keelson.Store;
using Keelson.Store.Embedded;

// Writes to the store in a directory until it is killed. Each of its writers counts up, putting the number under two
// keys in one transaction, and says "writer number revision" on standard output once that is acknowledged.
const int writers = 16;
await using EmbeddedStore store = EmbeddedStore.Open(
    new EmbeddedStoreOptions { Directory = args[0], SegmentBytes = 256 << 10 });
Lock output = new();
await using Stream stdout = Console.OpenStandardOutput();
await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer))));

async Task WriteAsync(int writer)
{
    GetResult last = await store.GetAsync($"/left/{writer}");
    int number = last.Item is { } item ? int.Parse(Encoding.ASCII.GetString(item.Value).Split(' ')[0]) : 0;
    while (true)
    {
        number++;
        // Long enough that a group is many pages, and of many lengths.
        byte[] value = Encoding.ASCII.GetBytes($"{number} {new string('x', number * 37 % 3000)}");
        TxnResult result = await store.TxnAsync(new TxnRequest
        {
            Success = [new PutOperation($"/left/{writer}", value), new PutOperation($"/right/{writer}", value)],
        });
        if (result.Outcome != StoreOutcome.Ok)
        {
            throw new InvalidOperationException(result.Outcome.Message());
        }
        byte[] line = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{writer} {number} {result.Revision}\n"));
        lock (output)
        {
            stdout.Write(line);
        }
        if (result.Revision % 500 == 0)
        {
            // Snapshots and new segments, too, must stand being killed.
            await store.CompactAsync(result.Revision - 100);
        }
    }
}
