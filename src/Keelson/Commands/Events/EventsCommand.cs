using Keelson.Clusters;
using Keelson.Commands.Describe;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Printing;

namespace Keelson.Commands.Events;

/// <summary><c>keelson events</c>: what happened, the newest last.</summary>
internal sealed class EventsCommand : ClusterCommand
{
    private readonly OutputFlag _output;
    private readonly Flag<bool> _isEverywhere;
    private readonly Flag<string> _for;
    private readonly Flag<IReadOnlyList<string>> _types;
    private readonly Flag<bool> _noHeaders;
    private readonly Flag<bool> _watch;

    public EventsCommand()
        : base("events", Text)
    {
        _output = new(Flags, "json, yaml");
        _isEverywhere = Flags.Add(new Flag<bool>(
            "all-namespaces", FlagForms.Truth, false, "Show the events of all namespaces.")
        {
            Letter = 'A',
            BareValue = "true",
        });
        _for = Flags.Text("for", "", "Show only events about an object: pod/web.");
        _types = Flags.Texts("types", "Show only events of these types: Normal, Warning.");
        _noHeaders = Flags.Switch("no-headers", false, "Leave out the line with the columns' names.");
        _watch = Flags.Add(new Flag<bool>("watch", FlagForms.Truth, false, "List, then show what happens.")
        {
            Letter = 'w',
            BareValue = "true",
        });
    }

    private static CommandHelp Text { get; } = new("Show what happened, the newest last.", "[--for TYPE/NAME] [flags]")
    {
        Examples = """
            # The namespace's events
            keelson events

            # Warnings of the whole cluster
            keelson events -A --types=Warning

            # About a pod, and what comes
            keelson events --for pod/web --watch
            """,
    };

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ApiDiscovery discovery = await Cluster.DiscoverAsync(cancellation);
        foreach (string type in _types.Value)
        {
            if (!type.Equals("Normal", StringComparison.OrdinalIgnoreCase)
                && !type.Equals("Warning", StringComparison.OrdinalIgnoreCase))
            {
                throw new CommandException("valid --types are Normal or Warning");
            }
        }

        string path = _isEverywhere.Value ? "/api/v1/events" : $"/api/v1/namespaces/{Cluster.Namespace}/events";
        string query = Selector(discovery);
        ObjectTree list = await Cluster.GetAsync($"{path}?limit=500{query}", cancellation);
        List<ObjectTree> events = [.. list.Objects("items").Where(IsWanted).OrderBy(DescribedEvents.LastSeen)];
        if (_output.Printer() is { } printer)
        {
            list["items"] = new ListTree([.. events]);
            printer.Print(list, Console.Output);
            return 0;
        }

        DescribeContext context = new(Cluster, discovery, Console.Clock, true, cancellation);
        TabWriter output = TabWriter.ForTables(Console.Output);
        if (events.Count == 0 && !_watch.Value)
        {
            Console.Error.Write(_isEverywhere.Value
                ? "No events found.\n"
                : $"No events found in {Cluster.Namespace} namespace.\n");
            return 0;
        }

        Headers(output);
        events.ForEach(one => Row(output, one, context));
        output.Flush();
        if (_watch.Value)
        {
            await WatchAsync($"{path}?watch=true&resourceVersion={list.TextAt("metadata", "resourceVersion")}{query}",
                output, context, cancellation);
        }

        return 0;
    }

    private async Task WatchAsync(
        string path, TabWriter output, DescribeContext context, CancellationToken cancellation)
    {
        Console.Output.Flush();
        await foreach (ObjectTree change in Cluster.WatchAsync(path, "application/json", cancellation))
        {
            if (change.TextAt("type") is "ADDED" or "MODIFIED" && change.Node("object") is { } one && IsWanted(one))
            {
                Row(output, one, context);
                output.Flush();
                Console.Output.Flush();
            }
        }
    }

    private bool IsWanted(ObjectTree one) =>
        _types.Value.Count == 0 || _types.Value.Contains(one.TextAt("type"), StringComparer.OrdinalIgnoreCase);

    private string Selector(ApiDiscovery discovery)
    {
        if (_for.Value.Length == 0)
        {
            return "";
        }

        if (_for.Value.Split('/') is not [{ Length: > 0 } kind, { Length: > 0 } name])
        {
            throw new CommandException("--for must be in resource/name form");
        }

        ApiResource resource = discovery.Resolve(kind);
        string selector = $"involvedObject.kind={resource.Kind},involvedObject.apiVersion={resource.ApiVersion},"
            + $"involvedObject.name={name}";
        return "&fieldSelector=" + Uri.EscapeDataString(selector);
    }

    private void Headers(TabWriter output)
    {
        if (!_noHeaders.Value)
        {
            output.Write((_isEverywhere.Value ? "NAMESPACE\t" : "") + "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n");
        }
    }

    private void Row(TabWriter output, ObjectTree one, DescribeContext context)
    {
        string @namespace = _isEverywhere.Value ? one.Namespace() + "\t" : "";
        string about = $"{one.TextAt("involvedObject", "kind")}/{one.TextAt("involvedObject", "name")}";
        output.Write(
            $"{@namespace}{DescribedEvents.Interval(one, context)}\t{one.TextAt("type")}\t{one.TextAt("reason")}\t"
            + $"{about}\t{one.TextAt("message").Trim()}\n");
    }
}
