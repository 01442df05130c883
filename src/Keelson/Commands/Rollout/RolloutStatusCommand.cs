using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Rollout;

/// <summary><c>keelson rollout status</c>: how far a rollout is, until it is through.</summary>
internal sealed class RolloutStatusCommand : RolloutCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Flag<bool> _watch;
    private readonly Flag<TimeSpan> _timeout;

    public RolloutStatusCommand()
        : base("status", Text, changes: false)
    {
        _watch = Flags.Add(new Flag<bool>("watch", FlagForms.Truth, true, "Wait until the rollout is through.")
        {
            Letter = 'w',
            BareValue = "true",
        });
        _timeout = Flags.Duration("timeout", TimeSpan.Zero, "How long to wait; 0 for as long as it takes.");
    }

    private static CommandHelp Text { get; } =
        new("Show how far a rollout is, and wait for its end.", "TYPE/NAME [flags]")
    {
        Examples = """
            # Until a deployment is rolled out
            keelson rollout status deployment/web

            # How far it is now
            keelson rollout status deployment/web --watch=false
            """,
    };

    /// <inheritdoc/>
    protected override async Task RunAsync(FoundObject one, CancellationToken cancellation)
    {
        long start = Console.Clock.GetTimestamp();
        string last = "";
        ObjectTree now = one.Object;
        while (true)
        {
            (string text, bool isDone) = RolloutProgress.Of(one.Resource, now);
            if (text != last)
            {
                Console.Output.Write(text);
                Console.Output.Flush();
                last = text;
            }

            if (isDone || !_watch.Value)
            {
                return;
            }

            if (_timeout.Value > TimeSpan.Zero && Console.Clock.GetElapsedTime(start) > _timeout.Value)
            {
                throw new CommandException("timed out waiting for the condition");
            }

            await Task.Delay(Pause, Console.Clock, cancellation);
            try
            {
                now = await Cluster.GetAsync(one.Path(), cancellation);
            }
            catch (ApiFailure failure) when (failure.IsNotFound)
            {
                throw new CommandException("object has been deleted", failure);
            }
        }
    }
}

/// <summary>How far a rollout is, in kubectl's words.</summary>
internal static class RolloutProgress
{
    /// <exception cref="CommandException">It has failed, or can't be told of.</exception>
    public static (string Text, bool IsDone) Of(ApiResource resource, ObjectTree obj) => resource.GroupResource switch
    {
        "deployments.apps" => OfDeployment(obj),
        "daemonsets.apps" => OfDaemonSet(obj),
        "statefulsets.apps" => OfStatefulSet(obj),
        _ => throw new CommandException($"no status viewer has been implemented for {resource.Kind}"),
    };

    private static (string, bool) OfDeployment(ObjectTree obj)
    {
        if (IsUnobserved(obj))
        {
            return ("Waiting for deployment spec update to be observed...\n", false);
        }

        ObjectTree? progress = obj.Objects("status", "conditions").FirstOrDefault(
            one => one.TextAt("type") == "Progressing");
        if (progress?.TextAt("reason") == "ProgressDeadlineExceeded")
        {
            throw new CommandException($"deployment \"{obj.Name()}\" exceeded its progress deadline");
        }

        long wanted = obj.Number("spec", "replicas") ?? 1;
        long updated = Count(obj, "updatedReplicas");
        long all = Count(obj, "replicas");
        long available = Count(obj, "availableReplicas");
        string waiting = $"Waiting for deployment \"{obj.Name()}\" rollout to finish: ";
        return updated < wanted ? ($"{waiting}{updated} out of {wanted} new replicas have been updated...\n", false)
            : all > updated ? ($"{waiting}{all - updated} old replicas are pending termination...\n", false)
            : available < updated ? ($"{waiting}{available} of {updated} updated replicas are available...\n", false)
            : ($"deployment \"{obj.Name()}\" successfully rolled out\n", true);
    }

    private static (string, bool) OfDaemonSet(ObjectTree obj)
    {
        if (obj.TextAt("spec", "updateStrategy", "type") != "RollingUpdate")
        {
            throw new CommandException("rollout status is only available for RollingUpdate strategy type");
        }

        if (IsUnobserved(obj))
        {
            return ("Waiting for daemon set spec update to be observed...\n", false);
        }

        long wanted = Count(obj, "desiredNumberScheduled");
        long updated = Count(obj, "updatedNumberScheduled");
        long available = Count(obj, "numberAvailable");
        string waiting = $"Waiting for daemon set \"{obj.Name()}\" rollout to finish: ";
        return updated < wanted ? ($"{waiting}{updated} out of {wanted} new pods have been updated...\n", false)
            : available < wanted ? ($"{waiting}{available} of {wanted} updated pods are available...\n", false)
            : ($"daemon set \"{obj.Name()}\" successfully rolled out\n", true);
    }

    private static (string, bool) OfStatefulSet(ObjectTree obj)
    {
        if (obj.TextAt("spec", "updateStrategy", "type") != "RollingUpdate")
        {
            throw new CommandException("rollout status is only available for RollingUpdate strategy type");
        }

        if (IsUnobserved(obj) || Count(obj, "observedGeneration") == 0)
        {
            return ("Waiting for statefulset spec update to be observed...\n", false);
        }

        long wanted = obj.Number("spec", "replicas") ?? 1;
        long ready = Count(obj, "readyReplicas");
        long updated = Count(obj, "updatedReplicas");
        if (ready < wanted)
        {
            return ($"Waiting for {wanted - ready} pods to be ready...\n", false);
        }

        if (obj.Number("spec", "updateStrategy", "rollingUpdate", "partition") is { } partition and > 0)
        {
            return updated < wanted - partition
                ? ($"Waiting for partitioned roll out to finish: {updated} out of {wanted - partition} new pods "
                    + $"have been "
                    + "updated...\n", false)
                : ($"partitioned roll out complete: {updated} new pods have been updated...\n", true);
        }

        string revision = obj.TextAt("status", "updateRevision");
        return revision != obj.TextAt("status", "currentRevision")
            ? ($"waiting for statefulset rolling update to complete {updated} pods at revision {revision}...\n", false)
            : ($"statefulset rolling update complete {Count(obj, "currentReplicas")} pods at revision "
                + $"{obj.TextAt("status", "currentRevision")}...\n", true);
    }

    private static bool IsUnobserved(ObjectTree obj) =>
        Count(obj, "observedGeneration") < (obj.Number("metadata", "generation") ?? 0);

    private static long Count(ObjectTree obj, string field) => obj.Number("status", field) ?? 0;
}
