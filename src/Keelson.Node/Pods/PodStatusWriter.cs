using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;
using Keelson.Nodes.Statuses;

namespace Keelson.Nodes.Pods;

/// <summary>
/// Reports statuses of pods. Of each pod the newest counts; what can't be written is tried again, so workers go on when
/// the API is away.
/// </summary>
internal sealed class PodStatusWriter : IAsyncDisposable
{
    private const int Writers = 8;

    // HTTP's "too early"; no server answers that.
    private const int NotYet = 425;

    private static readonly TimeSpan DeletePause = TimeSpan.FromSeconds(1);

    private readonly NodeContext _context;
    private readonly ConcurrentDictionary<string, (Pod Pod, PodStatus Status)> _wanted = [];
    private readonly ConcurrentDictionary<string, Pod> _written = [];
    private readonly ConcurrentDictionary<string, long> _changedAt = [];
    private readonly WorkQueue<string> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Starts to write.</summary>
    public PodStatusWriter(NodeContext context)
    {
        _context = context;
        _queue = new("pod-statuses", context.Clock,
            new RetryBackoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10)));
        _running = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(RunAsync)));
    }

    /// <summary>Wants a status to be reported.</summary>
    public void Write(Pod pod, PodStatus status)
    {
        string uid = pod.Metadata.Uid;
        if (_wanted.TryGetValue(uid, out (Pod Pod, PodStatus Status) last) && last.Status.Equals(status)
            && !IsOverwritten(pod, status))
        {
            return;
        }

        _wanted[uid] = (pod, status);
        _changedAt.TryAdd(uid, _context.Clock.GetTimestamp());
        _queue.Add(uid);
    }

    /// <summary>Reports a pod's status once more: a mirror that is new has none.</summary>
    public void WriteAgain(string uid)
    {
        if (_wanted.ContainsKey(uid))
        {
            _queue.Add(uid);
        }
    }

    /// <summary>Reports the last status of a pod, then deletes it for good.</summary>
    public async Task DeleteAsync(Pod pod, PodStatus status, CancellationToken cancellationToken)
    {
        DeleteOptions now = DeleteOptions.Empty with { GracePeriodSeconds = 0 };
        while (true)
        {
            Status? error = await StoreAsync(pod, status, cancellationToken);
            if (error is null or { Code: 404 or 409 })
            {
                error = await _context.Client.DeleteAsync(pod, cancellationToken, now);
            }

            if (error is null || IsGone(pod))
            {
                return;
            }

            _context.Log($"pod {PodNames.Text(pod)} can't be deleted: {error.Message}");
            await Task.Delay(DeletePause, _context.Clock, cancellationToken);
        }
    }

    /// <summary>
    /// Whether the API no longer has a pod. It does not say so itself: to a node, pods that are gone are as forbidden
    /// as those of other nodes.
    /// </summary>
    private bool IsGone(Pod pod) =>
        !StaticPods.IsStatic(pod)
        && _context.Informers.Of<Pod>().Find(pod.Metadata.Namespace, pod.Metadata.Name)?.Metadata.Uid
            != pod.Metadata.Uid;

    /// <summary>Whether somebody else has changed what the node reports.</summary>
    private bool IsOverwritten(Pod pod, PodStatus status) =>
        !StaticPods.IsStatic(pod)
        && _written.TryGetValue(pod.Metadata.Uid, out Pod? written) && IsNewer(pod, written)
        && !Merge(pod.Status, status).Equals(pod.Status);

    /// <summary>Forgets a pod.</summary>
    public void Forget(string uid)
    {
        _wanted.TryRemove(uid, out _);
        _changedAt.TryRemove(uid, out _);
        _written.TryRemove(uid, out _);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _queue.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                string uid = await _queue.TakeAsync(_stop.Token);
                long started = _context.Clock.GetTimestamp();
                try
                {
                    Status? error = _wanted.TryGetValue(uid, out (Pod Pod, PodStatus Status) wanted)
                        ? await StoreAsync(wanted.Pod, wanted.Status, _stop.Token)
                        : null;
                    if (error is null or { Code: 404 } || IsGone(wanted.Pod))
                    {
                        if (_changedAt.TryRemove(uid, out long changed))
                        {
                            _context.Metrics.Pods.StatusSync.Observe(_context.Clock.GetElapsedTime(changed));
                        }

                        _queue.Forget(uid);
                    }
                    else if (error.Code == NotYet)
                    {
                        _queue.AddFailed(uid);
                    }
                    else
                    {
                        _context.Log($"status of pod {PodNames.Text(wanted.Pod)}: {error.Message}");
                        _queue.AddFailed(uid);
                    }
                }
                finally
                {
                    _queue.Done(uid, _context.Clock.GetElapsedTime(started));
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Writes a status over the newest version that is known, or the one that is stored.</summary>
    private async Task<Status?> StoreAsync(Pod pod, PodStatus status, CancellationToken cancellationToken)
    {
        if (StaticPods.IsStatic(pod))
        {
            Pod? mirror = _context.Informers.Of<Pod>().Find(pod.Metadata.Namespace, pod.Metadata.Name);
            if (mirror is null
                || mirror.Metadata.Annotations.GetValueOrDefault(PodNames.ConfigMirror) != pod.Metadata.Uid)
            {
                return new Status { Code = NotYet, Message = "the mirror pod is not there yet" };
            }

            pod = mirror;
        }

        string uid = pod.Metadata.Uid;
        Pod current = _written.TryGetValue(uid, out Pod? last) && IsNewer(last, pod) ? last : pod;
        for (int i = 0; i < 5; i++)
        {
            PodStatus merged = Merge(current.Status, status);
            if (merged.Equals(current.Status))
            {
                return null;
            }

            ApiResult<Pod> written = await _context.Client.UpdateStatusAsync(
                current with { Status = merged }, cancellationToken);
            if (written.TryGet(out Pod? stored, out Status? error))
            {
                _written[uid] = stored;
                return null;
            }

            if (error.Code != 409)
            {
                return error;
            }

            ApiResult<Pod> read = await _context.Client.GetAsync<Pod>(
                pod.Metadata.Namespace, pod.Metadata.Name, cancellationToken);
            if (!read.TryGet(out Pod? fresh, out error))
            {
                // A pod that is gone belongs to no node any more, so nodes are refused it.
                return error.Code == 403 ? error with { Code = 404 } : error;
            }

            if (fresh.Metadata.Uid != uid)
            {
                // Its name belongs to another by now.
                return null;
            }

            current = fresh;
        }

        return new Status { Code = 409, Message = "the pod is written too often by others" };
    }

    private static bool IsNewer(Pod one, Pod other) =>
        Client.Informers.ResourceVersions.Number(one.Metadata.ResourceVersion)
        > Client.Informers.ResourceVersions.Number(other.Metadata.ResourceVersion);

    /// <summary>The node's view, with what others have to say kept.</summary>
    internal static PodStatus Merge(PodStatus stored, PodStatus status)
    {
        List<PodCondition> conditions = [];
        foreach (PodCondition one in stored.Conditions)
        {
            bool isMine = PodConditions.IsOwned(one.Type)
                || (one.Type == PodConditionType.DisruptionTarget && Has(status, one.Type));
            if (!isMine)
            {
                conditions.Add(one);
            }
        }

        foreach (PodCondition one in status.Conditions)
        {
            if (PodConditions.IsOwned(one.Type) || one.Type == PodConditionType.DisruptionTarget)
            {
                conditions.RemoveAll(it => it.Type == one.Type);
                conditions.Add(one);
            }
        }

        return status with
        {
            Conditions = conditions.ToApiList(),
            NominatedNodeName = stored.NominatedNodeName,
            ResourceClaimStatuses = stored.ResourceClaimStatuses,
            ExtendedResourceClaimStatus = stored.ExtendedResourceClaimStatus,
        };
    }

    private static bool Has(PodStatus status, string type)
    {
        foreach (PodCondition one in status.Conditions)
        {
            if (one.Type == type)
            {
                return true;
            }
        }

        return false;
    }
}
