using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Wait;

/// <summary><c>keelson wait</c>: until objects are as they should be.</summary>
internal sealed class WaitCommand : ClusterCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TargetFlags _targets;
    private readonly Flag<string> _for;
    private readonly Flag<TimeSpan> _timeout;
    private readonly OutputFlag _output;

    public WaitCommand()
        : base("wait", Text)
    {
        _targets = new(Flags, "to wait for");
        _for = Flags.Text("for", "",
            "What to wait for: create, delete, condition=NAME[=VALUE], or jsonpath='{PATH}'[=VALUE].");
        _timeout = Flags.Duration("timeout", TimeSpan.FromSeconds(30),
            "How long to wait; 0 looks once, a negative time waits for a week.");
        _output = new(Flags, "json, yaml, name, jsonpath, jsonpath-file");
    }

    private static CommandHelp Text { get; } = new(
        "Wait until objects are as they should be.",
        "([-f FILENAME] | TYPE/NAME | TYPE (-l label | --all)) --for=WHAT [flags]")
    {
        Examples = """
            # Until a pod is ready
            keelson wait --for=condition=Ready pod/web

            # Until a deployment is available, for a minute at most
            keelson wait --for=condition=Available deployment/web --timeout=60s

            # Until a pod has run to its end
            keelson wait --for=jsonpath='{.status.phase}'=Succeeded pod/job

            # Until it is gone
            keelson wait --for=delete pod/web
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 && !_targets.Files.Files.IsSet)
        {
            throw new CommandException("arguments must consist of a resource and a name");
        }

        WaitGoal.Of(_for.Value);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        WaitGoal goal = WaitGoal.Of(_for.Value);
        long start = Console.Clock.GetTimestamp();
        TimeSpan limit = _timeout.Value < TimeSpan.Zero ? TimeSpan.FromDays(7) : _timeout.Value;
        IReadOnlyList<FoundObject> found = await FindAsync(arguments, goal, start, limit, cancellation);
        if (found.Count == 0 && goal.Kind != WaitKind.Delete)
        {
            throw new CommandException("no matching resources found");
        }

        List<Exception> failures = [];
        foreach (FoundObject one in found)
        {
            FoundObject? now = one;
            while (now is null ? goal.Kind != WaitKind.Delete : !goal.IsMet(now.Object))
            {
                if (now is null)
                {
                    throw new ApiFailure(NotFound(one));
                }

                if (Console.Clock.GetElapsedTime(start) >= limit)
                {
                    string reason = limit == TimeSpan.Zero
                        ? "condition not met for"
                        : "timed out waiting for the condition on";
                    failures.Add(new CommandException($"{reason} {one.Resource.Name}/{one.Name}"));
                    break;
                }

                await Task.Delay(Pause, Console.Clock, cancellation);
                now = await AgainAsync(one, cancellation);
            }

            if (failures.Count == 0)
            {
                Tell(now ?? one, goal);
            }
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    private void Tell(FoundObject one, WaitGoal goal)
    {
        if (_output.Printer() is { } printer)
        {
            printer.Print(one.Object, Console.Output);
        }
        else
        {
            Console.Output.Write($"{one.Label} {(goal.Kind == WaitKind.Delete ? "deleted" : "condition met")}\n");
        }
    }

    /// <summary>With <c>create</c> and <c>delete</c>, objects need not be there.</summary>
    private async Task<IReadOnlyList<FoundObject>> FindAsync(
        IReadOnlyList<string> arguments, WaitGoal goal, long start, TimeSpan limit, CancellationToken cancellation)
    {
        while (true)
        {
            List<Exception> failures = [];
            IReadOnlyList<FoundObject> found =
                await _targets.FindAsync(Cluster, arguments, Console.OpenInput, failures, cancellation);
            bool areMissing = failures.All(failure => failure is ApiFailure { IsNotFound: true });
            if (goal.Kind == WaitKind.Create && areMissing && (failures.Count > 0 || found.Count == 0))
            {
                if (Console.Clock.GetElapsedTime(start) >= limit)
                {
                    throw new CommandException("timed out waiting for the condition");
                }

                await Task.Delay(Pause, Console.Clock, cancellation);
                continue;
            }

            if (goal.Kind != WaitKind.Delete || !areMissing)
            {
                SeveralFailures.ThrowIfAny(failures);
            }

            return found;
        }
    }

    private async Task<FoundObject?> AgainAsync(FoundObject one, CancellationToken cancellation)
    {
        try
        {
            ObjectTree now = await Cluster.GetAsync(one.Path(), cancellation);
            return now.TextAt("metadata", "uid") == one.Object.TextAt("metadata", "uid") ? one with { Object = now }
                : null;
        }
        catch (ApiFailure failure) when (failure.IsNotFound)
        {
            return null;
        }
    }

    private static ObjectTree NotFound(FoundObject one) => new()
    {
        ["reason"] = new TextTree("NotFound"),
        ["message"] = new TextTree($"{one.Resource.GroupResource} \"{one.Name}\" not found"),
    };
}
