using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Pods;

namespace Keelson.Nodes.Containers;

/// <summary>Huge pages as control groups name them (<c>2MB</c>), out of resources (<c>hugepages-2Mi</c>).</summary>
internal static class HugePages
{
    private const string Prefix = "hugepages-";
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB"];
    private static readonly Lazy<IReadOnlyList<string>> OfMachine = new(ReadSizes);

    /// <summary>The sizes of pages that the kernel has.</summary>
    public static IReadOnlyList<string> Sizes => OfMachine.Value;

    /// <summary>
    /// The bytes that a container may have in pages of each size. What it does not say, its pod's limit says; a size
    /// that neither names is forbidden.
    /// </summary>
    public static IReadOnlyDictionary<string, long> LimitsOf(Pod pod, Container container, IEnumerable<string> sizes)
    {
        Dictionary<string, long> limits = Nothing(sizes);
        foreach (ApiMap<Quantity> amounts in
            (ReadOnlySpan<ApiMap<Quantity>>)[pod.Spec.Resources?.Limits ?? default, container.Resources.Limits])
        {
            foreach ((string size, long bytes) in Of(amounts))
            {
                limits[size] = bytes;
            }
        }

        return limits;
    }

    /// <summary>The bytes that a pod as a whole may have in pages of each size: what it requests, as requests and
    /// limits of huge pages are the same.</summary>
    public static IReadOnlyDictionary<string, long> LimitsOf(Pod pod, IEnumerable<string> sizes)
    {
        Dictionary<string, long> limits = Nothing(sizes);
        foreach ((string size, long bytes) in Of(PodAmounts.Requests(pod)))
        {
            limits[size] = limits.GetValueOrDefault(size) + bytes;
        }

        return limits;
    }

    private static Dictionary<string, long> Nothing(IEnumerable<string> sizes) =>
        sizes.ToDictionary(static size => size, static _ => 0L, StringComparer.Ordinal);

    private static List<(string Size, long Bytes)> Of(ApiMap<Quantity> amounts)
    {
        List<(string, long)> found = [];
        foreach ((string name, Quantity amount) in amounts)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal)
                && Quantity.TryParse(name[Prefix.Length..], out Quantity size, out _))
            {
                found.Add((NameOf(size.Value), amount.Value));
            }
        }

        return found;
    }

    /// <summary>2097152 is 2MB.</summary>
    private static string NameOf(long bytes)
    {
        int unit = 0;
        while (bytes >= 1024 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + Units[unit];
    }

    private static List<string> ReadSizes()
    {
        const string Pages = "/sys/kernel/mm/hugepages";
        return !Directory.Exists(Pages)
            ? []
            :
            [
                .. Directory.EnumerateDirectories(Pages)
                    .Select(static one => Path.GetFileName(one)[Prefix.Length..^2])
                    .Select(static kilobytes => NameOf(long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024)),
            ];
    }
}
