using Keelson.Clusters;
using Keelson.Commands.Describe;
using Keelson.Commands.Describe.Kinds;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Rollout;

/// <summary><c>keelson rollout history</c>: the templates that a workload had.</summary>
internal sealed class RolloutHistoryCommand : RolloutCommand
{
    private readonly Flag<int> _revision;

    public RolloutHistoryCommand()
        : base("history", Text, changes: false) => _revision = Flags.Number(
            "revision", 0, "Show the template of this revision.");

    private static CommandHelp Text { get; } = new("Show the revisions of a workload.", "TYPE/NAME [flags]")
    {
        Examples = """
            # The revisions of a deployment
            keelson rollout history deployment/web

            # What one of them was
            keelson rollout history deployment/web --revision=2
            """,
    };

    /// <inheritdoc/>
    protected override async Task RunAsync(FoundObject one, CancellationToken cancellation)
    {
        IReadOnlyList<RolloutRevision> history = await RolloutRevision.ReadAsync(Cluster, one, cancellation);
        if (_revision.Value == 0)
        {
            using StringWriter text = new() { NewLine = "\n" };
            TabWriter columns = TabWriter.ForDescriptions(text);
            columns.Write("REVISION\tCHANGE-CAUSE\n");
            foreach (RolloutRevision revision in history)
            {
                columns.Write($"{revision.Number}\t{(revision.Cause.Length > 0 ? revision.Cause : "<none>")}\n");
            }

            columns.Flush();
            Console.Output.Write($"{one.Label} \n{(history.Count == 0 ? "No rollout history found.\n" : text)}\n");
            return;
        }

        RolloutRevision chosen = history.FirstOrDefault(revision => revision.Number == _revision.Value)
            ?? throw new CommandException($"unable to find the specified revision");
        DescribeContext context = new(
            Cluster, await Cluster.DiscoverAsync(cancellation), Console.Clock, false, cancellation);
        RawDescription template = new();
        PodDescriber.DescribeTemplate(chosen.Template, template.Text, context);
        Console.Output.Write($"{one.Label} with revision #{chosen.Number}\n{template}\n");
    }

    /// <summary>kubectl leaves the tabs of this text to the terminal.</summary>
    private sealed class RawDescription
    {
        private readonly StringWriter _written = new();

        public RawDescription() => Text = Description.Raw(_written);

        public Description Text { get; }

        public override string ToString() => _written.ToString();
    }
}
