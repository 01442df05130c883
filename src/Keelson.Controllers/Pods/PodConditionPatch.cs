using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Pods;

/// <summary>Patches that set a condition of a pod.</summary>
internal static class PodConditionPatch
{
    /// <summary>A strategic merge patch of the pod's status.</summary>
    /// <param name="pod">The pod; another of its name is not patched.</param>
    /// <param name="condition">The condition, without times.</param>
    /// <param name="now">Since when it holds, if it did not hold before.</param>
    /// <param name="phase">The phase to set; null to leave it.</param>
    public static JsonObject Of(Pod pod, PodCondition? condition, Time now, string? phase = null)
    {
        JsonObject status = [];
        if (condition is not null)
        {
            PodCondition? before = PodFacts.Condition(pod, condition.Type);
            Time since = before?.Status == condition.Status && !before.LastTransitionTime.IsZero
                ? before.LastTransitionTime
                : now;
            JsonObject json = new()
            {
                ["type"] = condition.Type,
                ["status"] = condition.Status,
                ["reason"] = condition.Reason,
                ["message"] = condition.Message,
                ["lastTransitionTime"] = since.ToString(),
            };
            if (pod.Metadata.Generation > 0)
            {
                json["observedGeneration"] = pod.Metadata.Generation;
            }

            status["conditions"] = new JsonArray(json);
        }

        if (phase is not null)
        {
            status["phase"] = phase;
        }

        return new() { ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid }, ["status"] = status };
    }
}
