using Keelson.Clusters;
using Keelson.Machinery.Trees;

namespace Keelson.Commands.Describe;

/// <summary>The events at the end of a description.</summary>
internal static class DescribedEvents
{
    /// <summary>Those about an object, the oldest first.</summary>
    public static async Task EventsAsync(this Description text, ObjectTree obj, DescribeContext context)
    {
        if (!context.ShowsEvents)
        {
            return;
        }

        string uid = obj.TextAt("metadata", "uid");
        IEnumerable<ObjectTree> events = await SearchAsync(obj, uid, context);
        if (obj is var node && node.Kind() == "Node" && node.Namespace().Length == 0)
        {
            // Kubelets give a node's name for its UID.
            events = events.Concat(await SearchAsync(obj, obj.Name(), context));
        }

        Write(text, [.. events], context);
    }

    private static async Task<IReadOnlyList<ObjectTree>> SearchAsync(
        ObjectTree obj, string uid, DescribeContext context)
    {
        string fields = $"involvedObject.name={obj.Name()},involvedObject.namespace={obj.Namespace()},"
            + $"involvedObject.kind={obj.Kind()},involvedObject.uid={uid}";
        string path = obj.Namespace().Length > 0 ? $"/api/v1/namespaces/{obj.Namespace()}/events" : "/api/v1/events";
        try
        {
            return await context.ListAsync(path, $"limit=500&fieldSelector={Uri.EscapeDataString(fields)}");
        }
        catch (ApiFailure)
        {
            // Who may not read events still gets the rest.
            return [];
        }
    }

    private static void Write(Description text, IReadOnlyList<ObjectTree> events, DescribeContext context)
    {
        if (events.Count == 0)
        {
            text.Line("Events:\t<none>");
            return;
        }

        text.Flush();
        text.Write(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n");
        text.Write(1, "----\t------\t----\t----\t-------\n");

        // Events that only have the newer field for their time come first, as kubectl has it.
        foreach (ObjectTree one in events.OrderBy(one => one.Instant("lastTimestamp") ?? default))
        {
            string source = one.TextAt("source", "component");
            source = source.Length > 0 ? source : one.TextAt("reportingComponent");
            text.Write(1, $"{one.TextAt("type")}\t{one.TextAt("reason")}\t{Interval(one, context)}\t{source}\t"
                + $"{one.TextAt("message").Trim()}\n");
        }
    }

    /// <summary>When an event happened last.</summary>
    public static DateTimeOffset LastSeen(ObjectTree one) => one.Instant("series", "lastObservedTime")
        ?? one.Instant("lastTimestamp") ?? one.Instant("eventTime") ?? one.Instant("firstTimestamp") ?? default;

    /// <summary><c>5m</c>, <c>10s (x4 over 2m)</c>.</summary>
    public static string Interval(ObjectTree one, DescribeContext context)
    {
        string first = context.Since(one.Instant("eventTime") ?? one.Instant("firstTimestamp"));
        if (one.Node("series") is { } series)
        {
            return $"{context.Since(series.Instant("lastObservedTime"))} (x{series.Number("count") ?? 0} over {first})";
        }

        return one.Number("count") is > 1 and var count
            ? $"{context.Since(one.Instant("lastTimestamp"))} (x{count} over {first})"
            : first;
    }
}
