using System.Globalization;
using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Plugins.DefaultPreemption;

/// <summary>Moves victims out of their node, beside the scheduling loop.</summary>
internal sealed class Eviction(PluginContext context)
{
    /// <summary>Victims that are moved out at a time, over all pods that preempt.</summary>
    private const int AtOnce = 32;

    private readonly SemaphoreSlim _slots = new(AtOnce);

    /// <summary>Moves all victims of a candidate out; null when that worked.</summary>
    public async Task<Status?> EvictAsync(Candidate candidate, PodInfo pod)
    {
        Status?[] errors =
            await Task.WhenAll(candidate.Victims.Select(victim => EvictAsync(victim, pod, candidate.NodeName)));
        return Array.Find(errors, static one => one is not null);
    }

    /// <summary>Lets pods of lower priority that were promised the node look for another.</summary>
    public void TakePromisesBack(Candidate candidate, PodInfo pod)
    {
        foreach (PodInfo other in context.Nominations.On(candidate.NodeName).Where(one => one.Priority < pod.Priority)
            .ToList())
        {
            context.Nominations.Remove(other);
            JsonObject patch = new()
            {
                ["metadata"] = new JsonObject { ["uid"] = other.Uid },
                ["status"] = new JsonObject { ["nominatedNodeName"] = null },
            };
            _ = context.Client.PatchAsync<Pod>(other.Namespace, other.Key.Name, patch, default, subresource: "status")
                .AsTask();
        }
    }

    private async Task<Status?> EvictAsync(PodInfo victim, PodInfo pod, string nodeName)
    {
        await _slots.WaitAsync();
        try
        {
            if (context.RejectWaiting(victim.Uid, DefaultPreemptionPlugin.PluginName, "preempted"))
            {
                return null;
            }

            if (!victim.IsTerminating && await MarkAsync(victim, pod) is { } failed)
            {
                return failed;
            }

            if (!victim.IsTerminating && await context.Client.DeleteAsync(victim.Pod, default) is { } error)
            {
                return error;
            }
        }
        finally
        {
            _slots.Release();
        }

        context.Events.Record(
            victim.Pod, pod.Pod, "Normal", "Preempted", "Preempting", $"Preempted by pod {pod.Uid} on node {nodeName}");
        return null;
    }

    private async Task<Status?> MarkAsync(PodInfo victim, PodInfo pod)
    {
        JsonObject condition = new()
        {
            ["type"] = PodConditionType.DisruptionTarget,
            ["status"] = "True",
            ["reason"] = "PreemptionByScheduler",
            ["message"] = $"{pod.Pod.Spec.SchedulerName}: preempting to accommodate a higher priority pod",
            ["lastTransitionTime"] = Time.Now(context.Clock).ToString(),
        };
        if (victim.Pod.Metadata.Generation > 0)
        {
            condition["observedGeneration"] = victim.Pod.Metadata.Generation;
        }

        JsonObject patch = new()
        {
            ["metadata"] = new JsonObject { ["uid"] = victim.Uid },
            ["status"] = new JsonObject { ["conditions"] = new JsonArray(condition) },
        };
        ApiResult<Pod> marked = await context.Client.PatchAsync<Pod>(
            victim.Namespace, victim.Key.Name, patch, default, subresource: "status");
        return marked.Error is { Code: not (404 or 409) } error ? error : null;
    }
}
