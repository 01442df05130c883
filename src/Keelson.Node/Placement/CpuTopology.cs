using System.Globalization;

namespace Keelson.Nodes.Placement;

/// <summary>A processor and where it is.</summary>
internal readonly record struct Cpu(int Id, int Core, int Socket, int Numa)
{
    /// <summary>The last level of cache that it shares with others.</summary>
    public int Cache { get; init; }
}

/// <summary>The processors of a machine.</summary>
internal sealed record CpuTopology(IReadOnlyList<Cpu> Cpus)
{
    /// <summary>The NUMA nodes.</summary>
    public IReadOnlyList<int> NumaNodes { get; } = [.. Cpus.Select(static one => one.Numa).Distinct().Order()];

    /// <summary>Processors of a core.</summary>
    public int CpusPerCore { get; } =
        Math.Max(1, Cpus.Count / Math.Max(1, Cpus.Select(static one => (one.Socket, one.Core)).Distinct().Count()));

    /// <summary>Reads it from the kernel's files.</summary>
    /// <param name="root">Where the kernel shows devices: <c>/sys/devices/system</c>.</param>
    public static CpuTopology Read(string root = "/sys/devices/system")
    {
        Dictionary<int, int> numa = [];
        foreach (string node in Entries(Path.Combine(root, "node"), "node"))
        {
            foreach (int cpu in CpuSet.Parse(Text(Path.Combine(node, "cpulist"))))
            {
                numa[cpu] = Number(Path.GetFileName(node)["node".Length..]);
            }
        }

        List<Cpu> cpus = [];
        foreach (int id in CpuSet.Parse(Text(Path.Combine(root, "cpu", "online"))))
        {
            string topology = Path.Combine(root, "cpu", "cpu" + id.ToString(CultureInfo.InvariantCulture), "topology");
            cpus.Add(new(
                id,
                File.Exists(Path.Combine(topology, "core_id")) ? Number(Text(Path.Combine(topology, "core_id"))) : id,
                Number(Text(Path.Combine(topology, "physical_package_id"))),
                numa.GetValueOrDefault(id))
            {
                Cache = CacheOf(Path.GetDirectoryName(topology)!),
            });
        }

        return cpus.Count > 0
            ? new(cpus)
            : new([.. Enumerable.Range(0, Environment.ProcessorCount).Select(static id => new Cpu(id, id, 0, 0))]);
    }

    /// <summary>The id of the third level's cache; 0 where there is none.</summary>
    private static int CacheOf(string cpu)
    {
        foreach (string index in Entries(Path.Combine(cpu, "cache"), "index"))
        {
            if (Text(Path.Combine(index, "level")) == "3")
            {
                return Number(Text(Path.Combine(index, "id")));
            }
        }

        return 0;
    }

    private static IEnumerable<string> Entries(string directory, string prefix) => Directory.Exists(directory)
        ? Directory.EnumerateDirectories(directory).Where(one =>
            Path.GetFileName(one) is var name && name.StartsWith(prefix, StringComparison.Ordinal)
            && name[prefix.Length..].All(char.IsAsciiDigit))
        : [];

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static int Number(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? Math.Max(0, number) : 0;
}

/// <summary>Sets of processors as the kernel writes them: <c>0-3,8</c>.</summary>
internal static class CpuSet
{
    /// <summary>The processors of a text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SortedSet<int> Parse(string text)
    {
        SortedSet<int> cpus = [];
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            int last = ends.Length > 1 ? int.Parse(ends[1], CultureInfo.InvariantCulture) : first;
            for (int one = first; one <= last; one++)
            {
                cpus.Add(one);
            }
        }

        return cpus;
    }

    /// <summary>The text of processors.</summary>
    public static string Format(IEnumerable<int> cpus)
    {
        List<string> parts = [];
        int[] all = [.. cpus.Distinct().Order()];
        for (int i = 0; i < all.Length;)
        {
            int end = i;
            while (end + 1 < all.Length && all[end + 1] == all[end] + 1)
            {
                end++;
            }

            parts.Add(end == i
                ? all[i].ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{all[i]}-{all[end]}"));
            i = end + 1;
        }

        return string.Join(',', parts);
    }
}
