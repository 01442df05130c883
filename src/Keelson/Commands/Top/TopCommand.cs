using System.Text;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Top;

/// <summary><c>keelson top</c>: what nodes and pods use now, by the metrics API.</summary>
internal sealed class TopCommand : ClusterCommand
{
    private readonly SelectorFlags _selectors;
    private readonly Flag<bool> _isEverywhere;
    private readonly Flag<bool> _containers;
    private readonly Flag<bool> _noHeaders;
    private readonly Flag<string> _sortBy;

    public TopCommand()
        : base("top", Text)
    {
        _selectors = new(Flags);
        _isEverywhere = Flags.Add(new Flag<bool>(
            "all-namespaces", FlagForms.Truth, false, "Show the pods of all namespaces.")
        {
            Letter = 'A',
            BareValue = "true",
        });
        _containers = Flags.Switch("containers", false, "Show each container of the pods.");
        _noHeaders = Flags.Switch("no-headers", false, "Leave out the line with the columns' names.");
        _sortBy = Flags.Text("sort-by", "", "Sort by cpu or memory, the most first.");
    }

    private static CommandHelp Text { get; } = new("Show what nodes or pods use now.", "(node | pod) [NAME] [flags]")
    {
        Description = "Show what nodes or pods use now. The cluster has to have the metrics API.",
        Examples = """
            # The nodes
            keelson top node

            # The pods of all namespaces, the hungriest first
            keelson top pod -A --sort-by=memory
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (arguments is not ["node" or "nodes" or "no" or "pod" or "pods" or "po", ..])
        {
            throw Usage(arguments.Count == 0
                ? "top what? node or pod"
                : $"unknown command \"{arguments[0]}\" for \"keelson top\"");
        }

        if (_sortBy.Value is not ("" or "cpu" or "memory"))
        {
            throw Usage("--sort-by accepts only cpu or memory");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ApiDiscovery discovery = await Cluster.DiscoverAsync(cancellation);
        if (!discovery.Resources.Any(one => one.Group == "metrics.k8s.io"))
        {
            throw new CommandException("Metrics API not available");
        }

        bool isNode = arguments[0].StartsWith("no", StringComparison.Ordinal);
        string path = isNode ? "/apis/metrics.k8s.io/v1beta1/nodes"
            : _isEverywhere.Value ? "/apis/metrics.k8s.io/v1beta1/pods"
            : $"/apis/metrics.k8s.io/v1beta1/namespaces/{Cluster.Namespace}/pods";
        string name = arguments.Count > 1 ? "/" + Uri.EscapeDataString(arguments[1]) : "";
        IReadOnlyList<ObjectTree> metrics = await ListAsync(path, name, cancellation);
        if (metrics.Count == 0 && isNode)
        {
            throw new CommandException("metrics not available yet");
        }

        if (metrics.Count == 0)
        {
            Console.Error.Write(_isEverywhere.Value
                ? "No resources found\n"
                : $"No resources found in {Cluster.Namespace} namespace.\n");
            return 0;
        }

        TabWriter output = TabWriter.ForTables(Console.Output);
        output.Write(isNode ? Nodes(metrics, await ListAsync("/api/v1/nodes", name, cancellation)) : Pods(metrics));
        output.Flush();
        return 0;
    }

    /// <summary>One object by its name, or all that are selected.</summary>
    private async Task<IReadOnlyList<ObjectTree>> ListAsync(string path, string name, CancellationToken cancellation)
    {
        if (name.Length > 0)
        {
            return [await Cluster.GetAsync(path + name, cancellation)];
        }

        string query = _selectors.Query.Length > 0 ? "?" + _selectors.Query[1..] : "";
        return (await Cluster.GetAsync(path + query, cancellation)).Objects("items");
    }

    private string Nodes(IReadOnlyList<ObjectTree> metrics, IReadOnlyList<ObjectTree> listed)
    {
        Dictionary<string, ObjectTree> nodes = listed.ToDictionary(node => node.Name());
        StringBuilder text = new(_noHeaders.Value ? "" : "NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)\t\n");
        foreach (ObjectTree one in Sorted(metrics, one => Usage(one, "cpu"), one => Usage(one, "memory")))
        {
            nodes.Remove(one.Name(), out ObjectTree? node);
            long cpu = Usage(one, "cpu").MilliValue;
            long memory = Usage(one, "memory").Value;
            text.Append($"{one.Name()}\t{cpu}m\t{Share(cpu, node?.Amount("status", "allocatable", "cpu")?.MilliValue)}"
                + $"{Megabytes(memory)}\t{Share(memory, node?.Amount("status", "allocatable", "memory")?.Value)}\n");
        }

        // Nodes that were not measured are not left out.
        foreach (string name in nodes.Keys.Order(StringComparer.Ordinal))
        {
            text.Append($"{name}\t<unknown>\t<unknown>\t<unknown>\t<unknown>\t\n");
        }

        return text.ToString();
    }

    private string Pods(IReadOnlyList<ObjectTree> metrics)
    {
        string space = _isEverywhere.Value ? "NAMESPACE\t" : "";
        string columns = _containers.Value ? "POD\tNAME\t" : "NAME\t";
        StringBuilder text = new(_noHeaders.Value ? "" : $"{space}{columns}CPU(cores)\tMEMORY(bytes)\t\n");
        foreach (ObjectTree pod in Sorted(metrics, one => Sum(one, "cpu"), one => Sum(one, "memory")))
        {
            string start = (_isEverywhere.Value ? pod.Namespace() + "\t" : "") + pod.Name() + "\t";
            if (!_containers.Value)
            {
                text.Append($"{start}{Sum(pod, "cpu").MilliValue}m\t{Megabytes(Sum(pod, "memory").Value)}\t\n");
                continue;
            }

            foreach (ObjectTree container in pod.Objects("containers"))
            {
                text.Append($"{start}{container.TextAt("name")}\t{Usage(container, "cpu").MilliValue}m\t"
                    + $"{Megabytes(Usage(container, "memory").Value)}\t\n");
            }
        }

        return text.ToString();
    }

    private IEnumerable<ObjectTree> Sorted(
        IReadOnlyList<ObjectTree> metrics, Func<ObjectTree, Quantity> cpu, Func<ObjectTree, Quantity> memory) =>
        _sortBy.Value switch
        {
            "cpu" => metrics.OrderByDescending(cpu),
            "memory" => metrics.OrderByDescending(memory),
            _ => metrics.OrderBy(one => one.Namespace(), StringComparer.Ordinal)
                .ThenBy(one => one.Name(), StringComparer.Ordinal),
        };

    private static Quantity Usage(ObjectTree one, string name) => one.Amount("usage", name) ?? default;

    private static Quantity Sum(ObjectTree pod, string name) => pod.Objects("containers")
        .Aggregate(default(Quantity), (sum, container) => sum + Usage(container, name));

    private static string Megabytes(long bytes) => $"{bytes / (1024 * 1024)}Mi";

    /// <summary>A column of its own, which there is none of when nobody knows what the node has.</summary>
    private static string Share(long used, long? all) => all is > 0 ? $"{used * 100 / all}%\t" : "";
}
