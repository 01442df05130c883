using System.Diagnostics;

namespace Keelson.Server.Bench;

/// <summary>Full lists: in every form, and many at once.</summary>
internal sealed class ListLoad(BenchTarget target)
{
    private const string Json = "application/json";

    private static readonly (string Name, string Query, string Accept, string? Encoding)[] Forms =
    [
        ("json", "", Json, null),
        ("json, resourceVersion=0", "?resourceVersion=0", Json, null),
        ("json, gzip", "", Json, "gzip"),
        ("table", "", "application/json;as=Table;v=v1;g=meta.k8s.io", null),
        ("table, gzip", "", "application/json;as=Table;v=v1;g=meta.k8s.io", "gzip"),
        ("metadata", "", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", null),
        ("protobuf", "", "application/vnd.kubernetes.protobuf", null),
        ("protobuf, gzip", "", "application/vnd.kubernetes.protobuf", "gzip"),
        ("one label of 50", "?labelSelector=app%3Dweb-3", Json, null),
        ("first page of 500", "?limit=500", Json, null),
    ];

    /// <summary>Lists in every form, so many rounds each; the first round is shown by itself.</summary>
    public async Task EveryFormAsync(int rounds)
    {
        Console.WriteLine(
            $"{"",-26} {"bytes",12} {"first",9} {"median",9} {"cpu first",10} {"cpu later",10} {"resident",9}");
        foreach ((string name, string query, string accept, string? encoding) in Forms)
        {
            List<double> times = [];
            long bytes = 0;
            double start = target.CpuMs();
            double first = 0;
            for (int i = 0; i < rounds; i++)
            {
                long began = Stopwatch.GetTimestamp();
                bytes = await target.DrainAsync(PodLoad.Path + query, accept, encoding);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                first = i == 0 ? target.CpuMs() - start : first;
            }

            double later = rounds > 1 ? (target.CpuMs() - start - first) / (rounds - 1) : 0;
            double firstTime = times[0];
            times.Sort();
            Console.WriteLine(
                $"{name,-26} {bytes,12} {firstTime,6:F1} ms {times[rounds / 2],6:F1} ms {first,7:F0} ms {later,7:F1} ms {target.ResidentMb(),6:F0} MB");
        }
    }

    /// <summary>Lists everything many times at once: memory must not grow with the answers.</summary>
    public async Task ParallelAsync(int count)
    {
        foreach ((string name, string query, string accept, string? encoding) in Forms.Where(one => one.Query.Length == 0))
        {
            double before = target.ResidentMb();
            double cpu = target.CpuMs();
            long start = Stopwatch.GetTimestamp();
            double peak = await target.PeakOfAsync(() => Task.WhenAll(
                Enumerable.Range(0, count).Select(lane => target.DrainAsync(PodLoad.Path + query, accept, encoding, lane))));
            Console.WriteLine(
                $"{count} at once, {name,-16} {Stopwatch.GetElapsedTime(start).TotalMilliseconds,7:F0} ms, {target.CpuMs() - cpu,6:F0} ms of processor, "
                + $"{before:F0} MB before, {peak - before:F0} MB more at most");
        }
    }
}
