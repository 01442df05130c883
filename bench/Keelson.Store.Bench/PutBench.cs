using System.Diagnostics;
using Keelson.Store.Embedded;

namespace Keelson.Store.Bench;

/// <summary>How many puts a second, each waited for, a number of writers get through.</summary>
internal static class PutBench
{
    private const int Seconds = 5;

    public static async Task RunAsync(EmbeddedStoreOptions options, string name, int writers, int valueBytes)
    {
        await using EmbeddedStore store = EmbeddedStore.Open(options);
        byte[] value = new byte[valueBytes];
        new Random(1).NextBytes(value);
        await WriteAsync(store, writers, TimeSpan.FromSeconds(1), value);
        TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
        List<double> latenciesUs = await WriteAsync(store, writers, TimeSpan.FromSeconds(Seconds), value);
        TimeSpan processor = Environment.CpuUsage.TotalTime - processorBefore;
        latenciesUs.Sort();
        Console.WriteLine(
            $"{name}: {writers} writers, {valueBytes} bytes: {latenciesUs.Count / Seconds} puts/s, "
            + $"processor {processor.TotalMicroseconds / latenciesUs.Count:F1} us a put, latency "
            + $"p50 {latenciesUs[latenciesUs.Count / 2]:F0} us p99 {latenciesUs[latenciesUs.Count * 99 / 100]:F0} us");
    }

    private static async Task<List<double>> WriteAsync(IStore store, int writers, TimeSpan time, byte[] value)
    {
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        List<double>[] latencies = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            List<double> mine = new(1 << 16);
            string[] keys = [.. Enumerable.Range(0, 100).Select(i => $"/registry/pods/default/writer-{writer}-{i}")];
            long[] revisions = new long[keys.Length];
            for (int i = 0; Stopwatch.GetTimestamp() < end; i = (i + 1) % keys.Length)
            {
                long start = Stopwatch.GetTimestamp();
                WriteResult result = await store.PutIfAsync(keys[i], value, revisions[i]);
                if (result.Outcome == StoreOutcome.Conflict)
                {
                    revisions[i] = result.Current!.ModRevision;
                    continue;
                }
                mine.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                revisions[i] = result.Revision;
            }
            return mine;
        })));
        return [.. latencies.SelectMany(mine => mine)];
    }
}
