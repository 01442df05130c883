using System.Globalization;
using Keelson.Store;

namespace Keelson.Cluster.Bench;

/// <summary>Counts what was written to the store, from its history.</summary>
internal static class WriteTally
{
    /// <summary>Writes behind a revision for each of so many operations: <c>pods 6.0, events 3.0</c>.</summary>
    public static async Task<string> SinceAsync(IStore store, long revision, int operations)
    {
        long end = store.CurrentRevision;
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        WatchRequest all = new(KeyRange.Prefix("/registry/")) { FromRevision = revision + 1 };
        await using IStoreWatch watch = await store.WatchAsync(all);
        for (long reached = revision; reached < end;)
        {
            WatchBatch batch = await watch.ReadAsync();
            if (batch.Outcome != StoreOutcome.Ok)
            {
                return "compacted";
            }

            reached = batch.Revision;
            foreach (StoreEvent one in batch.Events)
            {
                string resource = one.Item.Key.Split('/')[2];
                counts[resource] = counts.GetValueOrDefault(resource) + 1;
            }
        }

        return string.Join(", ", counts.OrderByDescending(static one => one.Value)
            .Select(one => string.Create(
                CultureInfo.InvariantCulture, $"{one.Key} {one.Value / (double)operations:0.0}"))
            .Where(static one => !one.EndsWith(" 0.0", StringComparison.Ordinal)));
    }
}
