using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Delete;

/// <summary><c>keelson delete</c>: objects by file, name or label.</summary>
internal sealed class DeleteCommand : ClusterCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TargetFlags _targets;
    private readonly Flag<string> _cascade;
    private readonly Flag<int> _gracePeriod;
    private readonly Flag<bool> _now;
    private readonly Flag<bool> _force;
    private readonly Flag<bool> _ignoreNotFound;
    private readonly Flag<bool> _wait;
    private readonly Flag<TimeSpan> _timeout;
    private readonly Flag<string> _output;
    private readonly Flag<string> _dryRun;

    public DeleteCommand()
        : base("delete", Text)
    {
        _targets = new(Flags, "to delete") { Doing = "deleting" };
        _cascade = Flags.Add(new Flag<string>("cascade", FlagForms.Text, "background",
            "What happens to what belongs to the object: background, foreground, orphan.")
        {
            BareValue = "background",
        });
        _gracePeriod = Flags.Number("grace-period", -1,
            "Seconds that pods get to end; negative for what they ask for, 0 only with --force.");
        _now = Flags.Switch("now", false, "The same as --grace-period=1.");
        _force = Flags.Switch("force", false, "Take objects out of the API without waiting for a graceful end.");
        _ignoreNotFound = Flags.Switch("ignore-not-found", false, "Take it as done when an object is not there.");
        _wait = Flags.Switch("wait", true, "Wait until the objects are gone.");
        _timeout = Flags.Duration("timeout", TimeSpan.Zero, "How long to wait; 0 for as long as it takes.");
        _output = Flags.Add(new Flag<string>(
            "output", FlagForms.Text, "", "name: print only kinds and names.") { Letter = 'o' });
        _dryRun = Flags.Add(new Flag<string>(
            "dry-run", FlagForms.Text, "none", "Must be none, server or client.") { BareValue = "unchanged" });
    }

    private static CommandHelp Text { get; } = new(
        "Delete objects by files, names or labels.",
        "([-f FILENAME] | TYPE [(NAME | -l label | --all)]) [flags]")
    {
        Description = """
            Delete objects by files, names or labels, and wait until they are gone.

            What belongs to an object goes with it, unless --cascade=orphan. Pods get the time they ask for to end.
            """,
        Examples = """
            # What a file made
            keelson delete -f web.yaml

            # A pod and a service
            keelson delete pod/web service/web

            # All pods with a label, without waiting for them to be gone
            keelson delete pods -l app=web --wait=false
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (_output.Value is not ("" or "name"))
        {
            throw new CommandException($"unexpected -o output mode: {_output.Value}. We only support '-o name'");
        }

        if (arguments.Count == 0 && !_targets.Files.Files.IsSet)
        {
            throw new CommandException("You must provide one or more resources by argument or filename.\n"
                + "Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n"
                + "   '<resource> <name>'\n   '<resource>'");
        }


        if (_now.Value && _gracePeriod.Value >= 0)
        {
            throw new CommandException("--now and --grace-period cannot be specified together");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        IReadOnlyList<FoundObject> found =
            await _targets.FindAsync(Cluster, arguments, Console.OpenInput, failures, cancellation);
        if (_ignoreNotFound.Value || _targets.IsAll.Value)
        {
            failures.RemoveAll(failure => failure is ApiFailure { IsNotFound: true });
        }

        if (_force.Value)
        {
            Console.Error.Write(
                "Warning: Immediate deletion does not wait for confirmation that the running resource has "
                + "been terminated. The resource may continue to run on the cluster indefinitely.\n");
        }

        foreach (FoundObject one in found)
        {
            try
            {
                await DeleteAsync(one, cancellation);
            }
            catch (ApiFailure failure) when (failure.IsNotFound && _ignoreNotFound.Value)
            {
                // Somebody else was faster.
            }
            catch (ApiFailure failure)
            {
                failures.Add(failure);
            }
        }

        if (found.Count == 0 && failures.Count == 0 && !_targets.HasNames)
        {
            Console.Output.Write("No resources found\n");
        }

        SeveralFailures.ThrowIfAny(failures);
        if (_wait.Value && !_force.Value && _dryRun.Value == "none")
        {
            await WaitAsync(found, cancellation);
        }

        return 0;
    }

    private async Task DeleteAsync(FoundObject one, CancellationToken cancellation)
    {
        ObjectTree options = new()
        {
            ["apiVersion"] = new TextTree("v1"),
            ["kind"] = new TextTree("DeleteOptions"),
            ["propagationPolicy"] = new TextTree(_cascade.Value switch
            {
                "true" or "background" => "Background",
                "false" or "orphan" => "Orphan",
                "foreground" => "Foreground",
                var other => throw new CommandException($"invalid cascade value ({other}). Must be \"background\", "
                    + "\"foreground\", or \"orphan\""),
            }),
        };
        if (GracePeriod is { } seconds)
        {
            options["gracePeriodSeconds"] = IntegerTree.Of(seconds);
        }

        if (_dryRun.Value == "server")
        {
            options["dryRun"] = new ListTree([new TextTree("All")]);
        }

        if (_dryRun.Value != "client")
        {
            await Cluster.CallAsync(HttpMethod.Delete, one.Path(), RequestBody.Json(options), cancellation);
        }

        string word = _force.Value ? "force deleted" : "deleted";
        string suffix = _dryRun.Value switch { "client" => " (dry run)", "server" => " (server dry run)", _ => "" };
        Console.Output.Write(_output.Value == "name"
            ? $"{one.Label}\n"
            : $"{one.Resource.GroupKind} \"{one.Name}\" {word}{suffix}\n");
        Console.Output.Flush();
    }

    private int? GracePeriod => _now.Value ? 1
        : _gracePeriod.Value > 0 ? _gracePeriod.Value
        : _gracePeriod.Value == 0 ? (_force.Value ? 0 : 1)
        : _force.Value ? 0 : null;

    /// <summary>Until each is gone, or another object has its name.</summary>
    private async Task WaitAsync(IReadOnlyList<FoundObject> deleted, CancellationToken cancellation)
    {
        long start = Console.Clock.GetTimestamp();
        foreach (FoundObject one in deleted)
        {
            while (await IsThereAsync(one, cancellation))
            {
                if (_timeout.Value > TimeSpan.Zero && Console.Clock.GetElapsedTime(start) > _timeout.Value)
                {
                    throw new CommandException(
                        $"timed out waiting for the condition on {one.Resource.Name}/{one.Name}");
                }

                await Task.Delay(Pause, Console.Clock, cancellation);
            }
        }
    }

    private async Task<bool> IsThereAsync(FoundObject one, CancellationToken cancellation)
    {
        try
        {
            ObjectTree now = await Cluster.GetAsync(one.Path(), cancellation);
            return now.TextAt("metadata", "uid") == one.Object.TextAt("metadata", "uid");
        }
        catch (ApiFailure failure) when (failure.IsNotFound)
        {
            return false;
        }
    }
}
