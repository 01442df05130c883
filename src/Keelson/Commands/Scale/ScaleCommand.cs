using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Scale;

/// <summary><c>keelson scale</c>: how many replicas a workload has.</summary>
internal sealed class ScaleCommand : ClusterCommand
{
    private readonly TargetFlags _targets;
    private readonly ChangeOutput _output;
    private readonly Flag<int> _replicas;
    private readonly Flag<int> _current;

    public ScaleCommand()
        : base("scale", Text)
    {
        _targets = new(Flags, "to scale");
        _output = new(Flags);
        _replicas = Flags.Number("replicas", -1, "How many replicas there shall be. Required.");
        _current = Flags.Number("current-replicas", -1, "Only scale when there are so many replicas now.");
    }

    private static CommandHelp Text { get; } = new(
        "Set how many replicas a deployment, replica set or stateful set has.",
        "--replicas=COUNT (-f FILENAME | TYPE NAME) [flags]")
    {
        Examples = """
            # Three replicas of a deployment
            keelson scale deployment/web --replicas=3

            # Only when there are two now
            keelson scale deployment/web --current-replicas=2 --replicas=3
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        _output.Check();
        if (_replicas.Value < 0)
        {
            throw new CommandException(_replicas.IsSet
                ? "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
                : "required flag(s) \"replicas\" not set");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        IReadOnlyList<FoundObject> found =
            await _targets.FindAsync(Cluster, arguments, Console.OpenInput, failures, cancellation);
        foreach (FoundObject one in found)
        {
            try
            {
                await ScaleAsync(one, cancellation);
            }
            catch (ApiFailure failure)
            {
                failures.Add(failure);
            }
        }

        if (found.Count == 0)
        {
            throw new CommandException(
                "no objects passed to scale " + string.Join(", ", failures.Select(failure => failure.Message)));
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    private async Task ScaleAsync(FoundObject one, CancellationToken cancellation)
    {
        ObjectTree patch = new() { ["spec"] = new ObjectTree { ["replicas"] = IntegerTree.Of(_replicas.Value) } };
        if (_current.Value >= 0)
        {
            ObjectTree scale = await Cluster.GetAsync(one.Path("scale"), cancellation);
            long now = scale.Number("spec", "replicas") ?? 0;
            if (now != _current.Value)
            {
                throw new CommandException($"Expected replicas to be {_current.Value}, was {now}");
            }

            // The count is still the one that was looked at, or the server says that it is not.
            patch["metadata"] = new ObjectTree
            {
                ["resourceVersion"] = new TextTree(scale.TextAt("metadata", "resourceVersion")),
            };
        }

        if (!_output.IsClientOnly)
        {
            string path = one.Path("scale") + (_output.Query.Length > 0 ? "?" + _output.Query[1..] : "");
            await Cluster.CallAsync(HttpMethod.Patch, path, RequestBody.MergePatch(patch), cancellation);
        }

        _output.Tell(Console.Output, one.Resource, one.Object, "scaled");
    }
}
