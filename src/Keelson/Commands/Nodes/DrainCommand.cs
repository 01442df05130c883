using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Nodes;

/// <summary><c>keelson drain</c>: a node without pods, for maintenance.</summary>
internal sealed class DrainCommand : ClusterCommand
{
    // kubectl's: an eviction that a budget forbids is tried again so much later.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Flag<string> _selector;
    private readonly Flag<string> _podSelector;
    private readonly Flag<bool> _ignoreDaemonSets;
    private readonly Flag<bool> _deletesEmptyDir;
    private readonly Flag<bool> _force;
    private readonly Flag<int> _gracePeriod;
    private readonly Flag<TimeSpan> _timeout;

    public DrainCommand()
        : base("drain", Text)
    {
        _selector = Flags.Add(new Flag<string>(
            "selector", FlagForms.Text, "", "Choose nodes by their labels.") { Letter = 'l' });
        _podSelector = Flags.Text("pod-selector", "", "Choose the pods to evict by their labels.");
        _ignoreDaemonSets = Flags.Switch("ignore-daemonsets", false, "Leave the pods of daemon sets where they are.");
        _deletesEmptyDir = Flags.Switch("delete-emptydir-data", false,
            "Evict pods with emptyDir volumes too, whose data is lost.");
        _force = Flags.Switch("force", false, "Evict pods that no controller will replace too.");
        _gracePeriod =
            Flags.Number("grace-period", -1, "Seconds that pods get to end; negative for what they ask for.");
        _timeout = Flags.Duration("timeout", TimeSpan.Zero, "How long to try; 0 for as long as it takes.");
    }

    private static CommandHelp Text { get; } = new("Take all pods off a node, for maintenance.", "NODE [flags]")
    {
        Description = """
            Take all pods off a node, for maintenance.

            The node gets no new pods from then on (see keelson cordon), and the pods on it are evicted, as far as
            their disruption budgets allow: an eviction that is refused is tried again. Pods that nothing would
            replace, and such with data that would be lost, are not touched unless flags say so.
            """,
        Examples = """
            # All pods but those of daemon sets
            keelson drain node-1 --ignore-daemonsets

            # Back to work
            keelson uncordon node-1
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 && !_selector.IsSet)
        {
            throw Usage("USAGE: drain NODE [flags]");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        IReadOnlyList<FoundObject> nodes =
            await CordonCommand.FindAsync(Cluster, arguments, _selector.Value, failures, cancellation);
        SeveralFailures.ThrowIfAny(failures);
        foreach (FoundObject node in nodes)
        {
            Console.Output.Write(await CordonCommand.MarkAsync(Cluster, node, true, cancellation));
        }

        foreach (FoundObject node in nodes)
        {
            string query = "fieldSelector=" + Uri.EscapeDataString("spec.nodeName=" + node.Name)
                + (_podSelector.IsSet ? "&labelSelector=" + Uri.EscapeDataString(_podSelector.Value) : "");
            ObjectTree list = await Cluster.GetAsync("/api/v1/pods?" + query, cancellation);
            DrainPlan plan = DrainPlan.Of(
                list.Objects("items"), _ignoreDaemonSets.Value, _deletesEmptyDir.Value, _force.Value);
            if (plan.Errors.Count > 0)
            {
                string reason = plan.Errors.Count == 1 ? plan.Errors[0] : $"[{string.Join(", ", plan.Errors)}]";
                Console.Error.Write($"error: unable to drain node \"{node.Name}\" due to error: {reason}, continuing "
                    + $"command...\nThere are pending nodes to be drained:\n {node.Name}\n");
                Console.Error.Write(string.Concat(plan.Errors.Select(one => one + "\n")));
                return 1;
            }

            Console.Error.Write(plan.Warnings.Length > 0 ? $"Warning: {plan.Warnings}\n" : "");
            await Task.WhenAll(plan.Pods.Select(pod => EvictAsync(pod, cancellation)));
            Console.Output.Write($"node/{node.Name} drained\n");
        }

        return 0;
    }

    private async Task EvictAsync(ObjectTree pod, CancellationToken cancellation)
    {
        long start = Console.Clock.GetTimestamp();
        string path = $"/api/v1/namespaces/{pod.Namespace()}/pods/{pod.Name()}";
        ObjectTree options = new();
        if (_gracePeriod.Value >= 0)
        {
            options["gracePeriodSeconds"] = IntegerTree.Of(_gracePeriod.Value);
        }

        ObjectTree eviction = new()
        {
            ["apiVersion"] = new TextTree("policy/v1"),
            ["kind"] = new TextTree("Eviction"),
            ["metadata"] = new ObjectTree
            {
                ["name"] = new TextTree(pod.Name()),
                ["namespace"] = new TextTree(pod.Namespace()),
            },
            ["deleteOptions"] = options,
        };
        while (true)
        {
            Write($"evicting pod {pod.Namespace()}/{pod.Name()}\n");
            try
            {
                await Cluster.CallAsync(
                    HttpMethod.Post, path + "/eviction", RequestBody.Json(eviction), cancellation);
                break;
            }
            catch (ApiFailure failure) when (failure.IsNotFound)
            {
                return;
            }
            catch (ApiFailure failure) when (failure.Reason == "TooManyRequests")
            {
                Console.Error.Write(
                    $"error when evicting pods/\"{pod.Name()}\" -n \"{pod.Namespace()}\" (will retry after "
                    + $"5s): {failure.Message}\n");
                await PauseAsync(RetryAfter, start, pod, cancellation);
            }
        }

        while (await IsThereAsync(path, pod.TextAt("metadata", "uid"), cancellation))
        {
            await PauseAsync(Pause, start, pod, cancellation);
        }

        Write($"pod/{pod.Name()} evicted\n");
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            Console.Output.Write(line);
        }
    }

    private async Task PauseAsync(TimeSpan pause, long start, ObjectTree pod, CancellationToken cancellation)
    {
        if (_timeout.Value > TimeSpan.Zero && Console.Clock.GetElapsedTime(start) > _timeout.Value)
        {
            throw new CommandException("error when waiting for pod "
                + $"\"{pod.Name()}\" in namespace \"{pod.Namespace()}\" to terminate: global timeout reached: "
                + Machinery.Values.GoDuration.Format(_timeout.Value));
        }

        await Task.Delay(pause, Console.Clock, cancellation);
    }

    private async Task<bool> IsThereAsync(string path, string uid, CancellationToken cancellation)
    {
        try
        {
            return (await Cluster.GetAsync(path, cancellation)).TextAt("metadata", "uid") == uid;
        }
        catch (ApiFailure failure) when (failure.IsNotFound)
        {
            return false;
        }
    }
}
