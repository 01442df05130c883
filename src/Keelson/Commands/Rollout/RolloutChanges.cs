using System.Globalization;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Rollout;

/// <summary><c>keelson rollout restart</c>: new pods from the same template.</summary>
internal sealed class RolloutRestartCommand() : RolloutCommand("restart", Text, changes: true)
{
    private static CommandHelp Text { get; } =
        new("Replace all pods of a workload, a few at a time.", "TYPE/NAME [flags]")
    {
        Examples = "# New pods for a deployment\nkeelson rollout restart deployment/web",
    };

    /// <inheritdoc/>
    protected override Task RunAsync(FoundObject one, CancellationToken cancellation)
    {
        if (one.Resource.GroupResource is not ("deployments.apps" or "daemonsets.apps" or "statefulsets.apps"))
        {
            throw new CommandException($"{one.Resource.GroupResource} \"{one.Name}\" restarting is not supported");
        }

        if (one.Object.Truth("spec", "paused"))
        {
            throw new CommandException(
                $"{one.Resource.GroupResource} \"{one.Name}\" can't restart paused deployment (run rollout "
                    + "resume first)");
        }

        string now = Console.Clock.GetLocalNow().ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)
            .Replace("+00:00", "Z");
        ObjectTree annotations = new() { ["kubectl.kubernetes.io/restartedAt"] = new TextTree(now) };
        ObjectTree patch = RolloutPatch.Spec(
            "template", new ObjectTree { ["metadata"] = new ObjectTree { ["annotations"] = annotations } });
        return ChangeAsync(one, RequestBody.StrategicPatch(patch), "restarted", "kubectl-rollout", cancellation);
    }
}

/// <summary><c>keelson rollout pause</c> and <c>resume</c>: whether changes of the template lead to new pods.</summary>
internal sealed class RolloutPauseCommand : RolloutCommand
{
    private readonly bool _pauses;

    private RolloutPauseCommand(bool pauses)
        : base(pauses ? "pause" : "resume", pauses ? PauseText : ResumeText, changes: true) => _pauses = pauses;

    private static CommandHelp PauseText { get; } = new("Hold back the rollout of a deployment.", "TYPE/NAME [flags]")
    {
        Examples = "# Hold a deployment's rollout\nkeelson rollout pause deployment/web",
    };

    private static CommandHelp ResumeText { get; } = new("Go on with a rollout that was paused.", "TYPE/NAME [flags]")
    {
        Examples = "# Go on\nkeelson rollout resume deployment/web",
    };

    public static UserCommand Pause() => new RolloutPauseCommand(pauses: true);

    public static UserCommand Resume() => new RolloutPauseCommand(pauses: false);

    /// <inheritdoc/>
    protected override Task RunAsync(FoundObject one, CancellationToken cancellation)
    {
        string doing = _pauses ? "pausing" : "resuming";
        if (one.Resource.GroupResource != "deployments.apps")
        {
            throw new CommandException($"{one.Resource.GroupResource} \"{one.Name}\" {doing} is not supported");
        }

        if (one.Object.Truth("spec", "paused") == _pauses)
        {
            string state = _pauses ? "is already paused" : "is not paused";
            throw new CommandException($"{one.Resource.GroupResource} \"{one.Name}\" {state}");
        }

        ObjectTree patch = RolloutPatch.Spec("paused", _pauses ? BoolTree.True : NullTree.Instance);
        return ChangeAsync(
            one, RequestBody.StrategicPatch(patch), _pauses ? "paused" : "resumed", "kubectl-rollout", cancellation);
    }
}

/// <summary><c>keelson rollout undo</c>: back to a template of before.</summary>
internal sealed class RolloutUndoCommand : RolloutCommand
{
    private readonly Flag<int> _revision;

    public RolloutUndoCommand()
        : base("undo", Text, changes: true) => _revision = Flags.Number(
            "to-revision", 0, "The revision to go back to; 0 for the one before the present.");

    private static CommandHelp Text { get; } = new("Go back to an earlier revision of a workload.", "TYPE/NAME [flags]")
    {
        Examples = """
            # The revision before
            keelson rollout undo deployment/web

            # A certain one
            keelson rollout undo daemonset/agent --to-revision=3
            """,
    };

    /// <inheritdoc/>
    protected override async Task RunAsync(FoundObject one, CancellationToken cancellation)
    {
        IReadOnlyList<RolloutRevision> history = await RolloutRevision.ReadAsync(Cluster, one, cancellation);
        RolloutRevision target = Choose(one, history);
        if (target.IsCurrent)
        {
            Tell(one, $"skipped rollback (current template already matches revision {target.Number})");
            return;
        }

        if (one.Object.Truth("spec", "paused"))
        {
            throw new CommandException(
                $"you cannot rollback a paused deployment; resume it first with 'kubectl rollout "
                + $"resume deployment/{one.Name}' and try again");
        }

        await ChangeAsync(one, target.Restore(), "rolled back", "kubectl-rollout", cancellation);
    }

    private RolloutRevision Choose(FoundObject one, IReadOnlyList<RolloutRevision> history)
    {
        if (_revision.Value > 0)
        {
            return history.FirstOrDefault(revision => revision.Number == _revision.Value)
                ?? throw new CommandException("unable to find specified revision "
                    + $"{_revision.Value} in history");
        }

        return history.Count > 1 ? history[^2] : throw new CommandException(
            $"no rollout history found for {one.Resource.Singular} \"{one.Name}\"");
    }
}

/// <summary>Patches of workloads.</summary>
internal static class RolloutPatch
{
    public static ObjectTree Spec(string field, Tree value) => new() { ["spec"] = new ObjectTree { [field] = value } };
}
