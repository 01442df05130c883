using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Client.Nodes;
using Keelson.Nodes.Nodes;
using Keelson.Rpc;

namespace Keelson.Nodes.Pods;

/// <summary>What keeps a pod from being worked on, told by events in upstream's words.</summary>
internal static class PodWarnings
{
    /// <summary>When it is looked again whether there is a network.</summary>
    public static readonly TimeSpan NetworkRetry = TimeSpan.FromSeconds(1);

    /// <summary>A pod was changed so that it needs what the node does not declare.</summary>
    public static void TellOfChange(EventRecorder events, Pod old, Pod now)
    {
        string[] lacking =
            [.. DeclaredFeatureNeeds.ToBeChanged(old, now).Except(DeclaredFeatures.All, StringComparer.Ordinal)];
        if (lacking.Length > 0)
        {
            events.Warning(
                now,
                "FailedNodeDeclaredFeaturesCheck",
                "Pod requires node features that are not available: " + string.Join(", ", lacking));
        }
    }

    /// <summary>Work on a pod failed; when it was to end, that is an event.</summary>
    public static void TellOfFailure(PodServices services, Pod pod, PodStage stage, Exception exception)
    {
        bool isExpected = exception is RpcException or IOException or UnauthorizedAccessException;
        services.Context.Log($"pod {PodNames.Text(pod)}: {(isExpected ? exception.Message : exception.ToString())}");
        if (isExpected && stage == PodStage.Ending)
        {
            services.Events.Warning(pod, "FailedKillPod", "error killing pod: " + exception.Message);
        }
    }

    /// <summary>True, and told, when the runtime can't give a pod the network that it needs.</summary>
    public static bool LacksNetwork(PodServices services, Pod pod)
    {
        if (pod.Spec.HostNetwork || services.Context.Network.Error is not { } error)
        {
            return false;
        }

        services.Events.Warning(pod, "NetworkNotReady", "network is not ready: " + error);
        return true;
    }

    /// <summary>Tells when what runs of a pod that the node ends is not ended within half as much time again as it may
    /// take, and at least ten seconds (upstream's bound).</summary>
    public static async Task WhenLateAsync(
        PodServices services, Pod pod, long? graceSeconds, Func<bool> hasEnded, CancellationToken stop)
    {
        long grace = graceSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30;
        TimeSpan patience = TimeSpan.FromSeconds(Math.Max(10, grace + (grace / 2)));
        await Task.Delay(patience, services.Context.Clock, stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!hasEnded() && !stop.IsCancellationRequested)
        {
            services.Events.Warning(
                pod,
                "ExceededGracePeriod",
                "Container runtime did not kill the pod within specified grace period.");
        }
    }
}
