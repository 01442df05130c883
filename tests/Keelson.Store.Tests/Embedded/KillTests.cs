using System.Diagnostics;
using System.Globalization;
using System.Text;
using Keelson.Store.Embedded;

namespace Keelson.Store.Tests.Embedded;

/// <summary>Kills a process that writes, and looks at what it left.</summary>
public sealed class KillTests : IDisposable
{
    private const int Rounds = 6;
    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(1);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9()
    {
        Dictionary<int, (int Number, long Revision)> acknowledged = [];
        int total = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((int writer, int number, long revision) in await WriteAndKillAsync())
            {
                acknowledged[writer] = (number, revision);
                total++;
            }
            await CheckAsync(acknowledged);
        }
        Assert.True(total > Rounds * 100, $"only {total} writes were acknowledged");
    }

    private async Task<List<(int Writer, int Number, long Revision)>> WriteAndKillAsync()
    {
        using Process writer = Process.Start(new ProcessStartInfo
        {
            FileName = Path.Combine(AppContext.BaseDirectory, "Keelson.Store.CrashWriter"),
            ArgumentList = { _directory.Path },
            RedirectStandardOutput = true,
        })!;
        Stream output = writer.StandardOutput.BaseStream;
        using MemoryStream text = new();
        byte[] buffer = new byte[4096];
        Stopwatch running = new();
        TimeSpan life = TimeSpan.FromMilliseconds(_random.Next(200, 900));
        int read;
        while ((read = await output.ReadAsync(buffer)) > 0)
        {
            text.Write(buffer.AsSpan(0, read));
            running.Start();
            if (running.Elapsed > life)
            {
                writer.Kill();
            }
        }
        await writer.WaitForExitAsync();
        Assert.Equal(128 + 9, writer.ExitCode);
        // The last line may be torn, like anything a killed process writes.
        string[] lines = Encoding.ASCII.GetString(text.ToArray()).Split('\n')[..^1];
        return [.. lines.Select(line => line.Split(' ')).Select(words => (
            int.Parse(words[0], CultureInfo.InvariantCulture),
            int.Parse(words[1], CultureInfo.InvariantCulture),
            long.Parse(words[2], CultureInfo.InvariantCulture)))];
    }

    private async Task CheckAsync(Dictionary<int, (int Number, long Revision)> acknowledged)
    {
        await using EmbeddedStore store = EmbeddedStore.Open(
            new EmbeddedStoreOptions { Directory = _directory.Path, SegmentBytes = 256 << 10 });
        foreach ((int writer, (int number, long revision)) in acknowledged)
        {
            KeyValue left = (await store.GetAsync($"/left/{writer}")).Item!;
            KeyValue right = (await store.GetAsync($"/right/{writer}")).Item!;
            Assert.Equal(left.Value, right.Value);
            Assert.Equal(left.ModRevision, right.ModRevision);
            // It may have done one more that it had no time to speak of.
            int found = int.Parse(Encoding.ASCII.GetString(left.Value).Split(' ')[0], CultureInfo.InvariantCulture);
            Assert.InRange(found, number, number + 1);
            Assert.True(found == number ? left.ModRevision == revision : left.ModRevision > revision);
        }
        await CheckHistoryAsync(store);
    }

    // Both keys of each transaction, and each writer's numbers without a gap.
    private static async Task CheckHistoryAsync(EmbeddedStore store)
    {
        await using IStoreWatch watch = await store.WatchAsync(
            new WatchRequest(KeyRange.All) { FromRevision = Math.Max(2, store.CompactRevision) });
        Dictionary<string, int> numbers = [];
        long revision = 0;
        while (revision < store.CurrentRevision)
        {
            WatchBatch batch = await watch.ReadAsync();
            Assert.Equal(StoreOutcome.Ok, batch.Outcome);
            revision = batch.Revision;
            foreach (IGrouping<long, StoreEvent> transaction in batch.Events.GroupBy(change => change.Item.ModRevision))
            {
                Assert.Equal(2, transaction.Count());
            }
            foreach (KeyValue item in batch.Events.Select(change => change.Item))
            {
                int number = int.Parse(
                    Encoding.ASCII.GetString(item.Value).Split(' ')[0], CultureInfo.InvariantCulture);
                Assert.Equal(numbers.GetValueOrDefault(item.Key, number - 1) + 1, number);
                numbers[item.Key] = number;
            }
        }
    }
}
