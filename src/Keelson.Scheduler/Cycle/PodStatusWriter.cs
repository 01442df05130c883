using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Cycle;

/// <summary>A change of a pod's status.</summary>
/// <param name="Pod">The pod as it was known.</param>
/// <param name="Condition">The condition to set; null for none.</param>
/// <param name="Nomination">The nominated node to set; null to leave it.</param>
internal sealed record PodStatusChange(Pod Pod, PodCondition? Condition, Nomination? Nomination);

/// <summary>
/// Writes what becomes of pods into their status, a few at a time, beside the scheduling loop. Of several changes of
/// one pod that wait, the last one counts.
/// </summary>
internal sealed class PodStatusWriter : IAsyncDisposable
{
    private const int Writers = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodStatusChange> _waiting = new(StringComparer.Ordinal);
    private readonly Channel<string> _order = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private readonly IApiClient _client;
    private readonly TimeProvider _clock;
    private readonly Action<string> _log;
    private readonly Task[] _writers;

    public PodStatusWriter(IApiClient client, TimeProvider clock, Action<string> log)
    {
        _client = client;
        _clock = clock;
        _log = log;
        _writers = [.. Enumerable.Range(0, Writers).Select(_ => Task.Run(WriteAsync))];
    }

    /// <summary>Writes a change, unless the pod shows it already.</summary>
    public void Write(PodStatusChange change)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(change.Pod.Metadata.Uid, out PodStatusChange? earlier))
            {
                _waiting[change.Pod.Metadata.Uid] = new(
                    change.Pod, change.Condition ?? earlier.Condition, change.Nomination ?? earlier.Nomination);
                return;
            }

            _waiting.Add(change.Pod.Metadata.Uid, change);
        }

        _order.Writer.TryWrite(change.Pod.Metadata.Uid);
    }

    public async ValueTask DisposeAsync()
    {
        _order.Writer.TryComplete();
        await _stop.CancelAsync();
        await Task.WhenAll(_writers);
        _stop.Dispose();
    }

    /// <summary>The patch of a change; null when the pod shows it already.</summary>
    internal static JsonObject? PatchOf(PodStatusChange change, Time now)
    {
        JsonObject status = [];
        if (change.Condition is { } condition && ConditionPatch(change.Pod, condition, now) is { } patch)
        {
            status["conditions"] = new JsonArray(patch);
        }

        if (change.Nomination is { } nomination && nomination.NodeName != change.Pod.Status.NominatedNodeName)
        {
            status["nominatedNodeName"] = nomination.NodeName.Length == 0 ? null : nomination.NodeName;
        }

        return status.Count == 0
            ? null
            : new() { ["metadata"] = new JsonObject { ["uid"] = change.Pod.Metadata.Uid }, ["status"] = status };
    }

    private static JsonObject? ConditionPatch(Pod pod, PodCondition condition, Time now)
    {
        PodCondition? before = null;
        foreach (PodCondition one in pod.Status.Conditions)
        {
            before = one.Type == condition.Type ? one : before;
        }

        if (before is not null && before.Status == condition.Status && before.Reason == condition.Reason
            && before.Message == condition.Message && before.ObservedGeneration == condition.ObservedGeneration)
        {
            return null;
        }

        Time since = before is not null && before.Status == condition.Status ? before.LastTransitionTime : now;
        JsonObject patch = new()
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] =
                since.Instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
        };
        if (condition.ObservedGeneration > 0)
        {
            patch["observedGeneration"] = condition.ObservedGeneration;
        }

        return patch;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (string uid in _order.Reader.ReadAllAsync(_stop.Token))
            {
                PodStatusChange? change;
                lock (_gate)
                {
                    _waiting.Remove(uid, out change);
                }

                if (change is null || PatchOf(change, Time.Now(_clock)) is not { } patch)
                {
                    continue;
                }

                Pod pod = change.Pod;
                ApiResult<Pod> written = await _client.PatchAsync<Pod>(
                    pod.Metadata.Namespace, pod.Metadata.Name, patch, _stop.Token, subresource: "status");

                // Gone, or another of its name: there is nobody to tell.
                if (written.Error is { Code: not (404 or 409) } error)
                {
                    _log($"status of pod {pod.Metadata.Namespace}/{pod.Metadata.Name}: {error.Message}");
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }
}
