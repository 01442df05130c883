using System.Globalization;

namespace Keelson.Server.ResourceMetrics;

/// <summary>Reads what kubelets answer at <c>/metrics/resource</c>, line by line.</summary>
internal static class ResourceMetricsText
{
    /// <summary>Reads a text; lines that it does not know are passed over.</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">The time of what has none of its own.</param>
    public static NodeUsage Read(string text, DateTimeOffset now)
    {
        Dictionary<(string, string), PodUsage> pods = [];
        UsagePoint? node = null;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty || line[0] == '#'
                || !TrySplit(line, out var name, out var labels, out double value, out DateTimeOffset? at))
            {
                continue;
            }

            UsagePoint known;
            switch (name)
            {
                case "node_cpu_usage_seconds_total":
                    known = node.GetValueOrDefault();
                    node = known with { ProcessorSeconds = value, At = at ?? now };
                    continue;
                case "node_memory_working_set_bytes":
                    known = node.GetValueOrDefault();
                    node = known with { MemoryBytes = value, At = known.At == default ? at ?? now : known.At };
                    continue;
                case "container_cpu_usage_seconds_total" or "container_memory_working_set_bytes"
                    or "container_start_time_seconds":
                    break;
                default:
                    continue;
            }

            var pod = (LabelOf(labels, "namespace"), LabelOf(labels, "pod"));
            if (!pods.TryGetValue(pod, out PodUsage? containers))
            {
                pods[pod] = containers = [];
            }

            string container = LabelOf(labels, "container");
            containers.TryGetValue(container, out known);
            containers[container] = name switch
            {
                "container_cpu_usage_seconds_total" => known with { ProcessorSeconds = value, At = at ?? now },
                "container_memory_working_set_bytes" => known with { MemoryBytes = value },
                _ => known with { StartedAt = DateTimeOffset.UnixEpoch.AddSeconds(value) },
            };
        }

        return new NodeUsage(node, pods);
    }

    private static bool TrySplit(
        ReadOnlySpan<char> line,
        out ReadOnlySpan<char> name,
        out ReadOnlySpan<char> labels,
        out double value,
        out DateTimeOffset? at)
    {
        int open = line.IndexOf('{');
        int close = open < 0 ? -1 : line.LastIndexOf('}');
        int space = close < 0 ? line.IndexOf(' ') : close + 1;
        name = default;
        labels = default;
        (value, at) = (0, null);
        if (space <= 0 || space >= line.Length)
        {
            return false;
        }

        name = line[..(open < 0 ? space : open)];
        labels = open < 0 ? default : line[(open + 1)..close];
        ReadOnlySpan<char> rest = line[space..].Trim();
        int time = rest.IndexOf(' ');
        if (time > 0 && long.TryParse(rest[(time + 1)..], CultureInfo.InvariantCulture, out long milliseconds))
        {
            at = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }

        return double.TryParse(
            time < 0 ? rest : rest[..time], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A label's value. Names of objects and containers need no escapes, so there are none here.</summary>
    private static string LabelOf(ReadOnlySpan<char> labels, string name)
    {
        foreach (Range range in labels.Split(','))
        {
            ReadOnlySpan<char> one = labels[range];
            int equals = one.IndexOf('=');
            if (equals > 0 && one[..equals].Trim().SequenceEqual(name))
            {
                return one[(equals + 1)..].Trim('"').ToString();
            }
        }

        return "";
    }
}
