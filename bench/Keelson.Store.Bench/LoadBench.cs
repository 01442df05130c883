using System.Diagnostics;
using Keelson.Store.Embedded;

namespace Keelson.Store.Bench;

/// <summary>How long a store takes to open, from its log and from a snapshot, and the memory it takes.</summary>
internal static class LoadBench
{
    public static async Task RunAsync(EmbeddedStoreOptions options, int count, int valueBytes)
    {
        await FillAsync(options, count, valueBytes);
        await OpenAsync(options, count, valueBytes, "log");
        await CompactAsync(options);
        await OpenAsync(options, count, valueBytes, "snapshot");
    }

    private static async Task FillAsync(EmbeddedStoreOptions options, int count, int valueBytes)
    {
        await using EmbeddedStore store = EmbeddedStore.Open(options);
        Random random = new(1);
        foreach (int[] group in Enumerable.Range(0, count).Chunk(500))
        {
            await Task.WhenAll(group.Select(i =>
            {
                byte[] value = new byte[valueBytes];
                random.NextBytes(value);
                return store.PutIfAsync(KeyOf(i), value, 0).AsTask();
            }));
        }
    }

    private static async Task CompactAsync(EmbeddedStoreOptions options)
    {
        await using EmbeddedStore store = EmbeddedStore.Open(options);
        await store.CompactAsync(store.CurrentRevision);
        await store.Maintenance.DefragmentAsync();
    }

    private static string KeyOf(int i) => $"/registry/pods/namespace-{i % 100}/deployment-5d4f8c7b9-{i:x8}";

    private static async Task OpenAsync(EmbeddedStoreOptions options, int count, int valueBytes, string from)
    {
        await Task.Yield();
        long before = Settled();
        int collections = GC.CollectionCount(0);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await using EmbeddedStore store = EmbeddedStore.Open(options);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        processor = Environment.CpuUsage.TotalTime - processor;
        collections = GC.CollectionCount(0) - collections;
        StoreStatus status = await store.Maintenance.StatusAsync();
        long perKey = (Settled() - before) / count;
        // The key is a string of two bytes a char; the array of the value is counted with its header of 24 bytes.
        int keyBytes = ((22 + (2 * KeyOf(0).Length)) + 7) & ~7;
        Console.WriteLine(
            $"open from {from}: {status.KeyCount} keys of {valueBytes} bytes in {elapsed.TotalMilliseconds:F0} ms "
            + $"(processor {processor.TotalMilliseconds:F0} ms); "
            + $"{perKey} bytes a key: value {valueBytes + 24}, key {keyBytes}, "
            + $"the rest {perKey - valueBytes - 24 - keyBytes}; {collections} collections, "
            + $"resident {Environment.WorkingSet >> 20} MiB");
    }

    private static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
