using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Nodes;

/// <summary><c>keelson cordon</c> and <c>keelson uncordon</c>: whether a node gets new pods.</summary>
internal sealed class CordonCommand : ClusterCommand
{
    private readonly bool _isCordon;
    private readonly Flag<string> _selector;

    private CordonCommand(bool isCordon)
        : base(isCordon ? "cordon" : "uncordon", isCordon ? CordonText : UncordonText)
    {
        _isCordon = isCordon;
        _selector = Flags.Add(new Flag<string>(
            "selector", FlagForms.Text, "", "Choose nodes by their labels.") { Letter = 'l' });
    }

    private static CommandHelp CordonText { get; } = new("Keep new pods off a node.", "NODE [flags]")
    {
        Examples = "# Mark a node as unschedulable\nkeelson cordon node-1",
    };

    private static CommandHelp UncordonText { get; } = new("Let a node have new pods again.", "NODE [flags]")
    {
        Examples = "# Mark a node as schedulable\nkeelson uncordon node-1",
    };

    public static UserCommand Cordon() => new CordonCommand(isCordon: true);

    public static UserCommand Uncordon() => new CordonCommand(isCordon: false);

    /// <summary>Marks a node; returns the line that tells of it.</summary>
    public static async Task<string> MarkAsync(
        ClusterConnection cluster, FoundObject node, bool isCordon, CancellationToken cancellation)
    {
        string word = isCordon ? "cordoned" : "uncordoned";
        if (node.Object.Truth("spec", "unschedulable") == isCordon)
        {
            return $"node/{node.Name} already {word}\n";
        }

        ObjectTree spec = new() { ["unschedulable"] = isCordon ? BoolTree.True : NullTree.Instance };
        await cluster.CallAsync(
            HttpMethod.Patch, node.Path(), RequestBody.StrategicPatch(new ObjectTree { ["spec"] = spec }),
                cancellation);
        return $"node/{node.Name} {word}\n";
    }

    /// <summary>The nodes that words or a selector name.</summary>
    public static async Task<IReadOnlyList<FoundObject>> FindAsync(
        ClusterConnection cluster,
        IReadOnlyList<string> names,
        string selector,
        List<Exception> failures,
        CancellationToken cancellation)
    {
        ApiResource nodes = (await cluster.DiscoverAsync(cancellation)).Resolve("nodes");
        string query = selector.Length > 0 ? "&labelSelector=" + Uri.EscapeDataString(selector) : "";
        IReadOnlyList<ResourceTarget> targets = selector.Length > 0
            ? [new(nodes, null)]
            : [.. names.Select(name => new ResourceTarget(nodes, name.StartsWith("node/", StringComparison.Ordinal)
                ? name["node/".Length..]
                : name))];
        return await new ObjectFinder(cluster).FindAsync(targets, query, true, failures, cancellation);
    }

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 && !_selector.IsSet)
        {
            throw Usage($"USAGE: {Name} NODE [flags]");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        foreach (FoundObject node in await FindAsync(Cluster, arguments, _selector.Value, failures, cancellation))
        {
            Console.Output.Write(await MarkAsync(Cluster, node, _isCordon, cancellation));
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }
}
