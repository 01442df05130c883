using System.Globalization;
using Keelson.Clusters;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Commands.Describe;

/// <summary>What a description may need beside its object.</summary>
internal sealed record DescribeContext(
    ClusterConnection Cluster,
    ApiDiscovery Discovery,
    TimeProvider Clock,
    bool ShowsEvents,
    CancellationToken Cancellation)
{
    /// <summary>How long ago something was.</summary>
    public string Since(DateTimeOffset? instant) =>
        instant is { } time ? HumanDuration.Format(Clock.GetUtcNow() - time) : "<unknown>";

    /// <summary>An instant in the machine's time zone, as Go's RFC1123Z.</summary>
    public string Date(DateTimeOffset? instant)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(instant ?? default, Clock.LocalTimeZone);
        return local.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture)
            + local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "");
    }

    /// <summary>The items of a list of a built-in kind.</summary>
    public async Task<IReadOnlyList<ObjectTree>> ListAsync(string path, string query = "")
    {
        ObjectTree list = await Cluster.GetAsync(query.Length > 0 ? $"{path}?{query}" : path, Cancellation);
        return list.Objects("items");
    }
}

/// <summary>Describes the objects of a kind.</summary>
internal delegate Task Describer(ObjectTree obj, Description text, DescribeContext context);
