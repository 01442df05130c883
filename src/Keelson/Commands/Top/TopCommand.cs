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
        IReadOnlyList<ObjectTree> metrics;
        if (arguments.Count > 1)
        {
            metrics = [await Cluster.GetAsync($"{path}/{Uri.EscapeDataString(arguments[1])}", cancellation)];
        }
        else
        {
            string query = _selectors.Query.Length > 0 ? "?" + _selectors.Query[1..] : "";
            metrics = (await Cluster.GetAsync(path + query, cancellation)).Objects("items");
        }

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
        output.Write(isNode ? await NodesAsync(metrics, cancellation) : Pods(metrics));
        output.Flush();
        return 0;
    }

    private async Task<string> NodesAsync(IReadOnlyList<ObjectTree> metrics, CancellationToken cancellation)
    {
        ObjectTree list = await Cluster.GetAsync("/api/v1/nodes", cancellation);
        Dictionary<string, ObjectTree> nodes = list.Objects("items").ToDictionary(node => node.Name());
        string text = _noHeaders.Value ? "" : "NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)\n";
        foreach (ObjectTree one in Sorted(metrics, one => Usage(one, "cpu"), one => Usage(one, "memory")))
        {
            ObjectTree? node = nodes.GetValueOrDefault(one.Name());
            long cpu = Usage(one, "cpu").MilliValue;
            long memory = Usage(one, "memory").Value;
            text += $"{one.Name()}\t{cpu}m\t{Share(cpu, node?.Amount("status", "allocatable", "cpu")?.MilliValue)}\t"
                + $"{Megabytes(memory)}\t{Share(memory, node?.Amount("status", "allocatable", "memory")?.Value)}\n";
        }

        return text;
    }

    private string Pods(IReadOnlyList<ObjectTree> metrics)
    {
        string ns = _isEverywhere.Value ? "NAMESPACE\t" : "";
        string text = _noHeaders.Value ? ""
            : _containers.Value ? ns + "POD\tNAME\tCPU(cores)\tMEMORY(bytes)\n" : ns
                + "NAME\tCPU(cores)\tMEMORY(bytes)\n";
        foreach (ObjectTree pod in Sorted(metrics, one => Sum(one, "cpu"), one => Sum(one, "memory")))
        {
            ns = _isEverywhere.Value ? pod.Namespace() + "\t" : "";
            if (!_containers.Value)
            {
                text += $"{ns}{pod.Name()}\t{Sum(pod, "cpu").MilliValue}m\t{Megabytes(Sum(pod, "memory").Value)}\n";
                continue;
            }

            foreach (ObjectTree container in pod.Objects("containers"))
            {
                text += $"{ns}{pod.Name()}\t{container.TextAt("name")}\t{Usage(container, "cpu").MilliValue}m\t"
                    + $"{Megabytes(Usage(container, "memory").Value)}\n";
            }
        }

        return text;
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

    private static string Share(long used, long? all) => all is > 0 ? $"{used * 100 / all}%" : "<unknown>";
}
