using Keelson.Api.Core.V1;
using Keelson.Client.Informers;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Queue;
using Keelson.Scheduler.Snapshot;

namespace Keelson.Scheduler.Cycle;

/// <summary>
/// Brings snapshot and queue up to date with what informers show. A pod is in the snapshot from when it is assumed to
/// be placed; when its binding shows, nothing changes any more. Only the scheduling loop touches it.
/// </summary>
internal sealed class ClusterState(
    NodeSnapshot snapshot, SchedulingQueue queue, Nominations nominations, Func<string, bool> isOurs)
{
    private readonly Dictionary<string, Placed> _placed = new(StringComparer.Ordinal);

    /// <summary>The nodes and their pods.</summary>
    public NodeSnapshot Snapshot => snapshot;

    /// <summary>The pods that wait.</summary>
    public SchedulingQueue Queue => queue;

    /// <summary>Who is promised a node.</summary>
    public Nominations Nominations => nominations;

    /// <summary>Called when a pod is gone that was assumed to be placed.</summary>
    public Action<PodInfo>? AssumedGone { get; set; }

    /// <summary>True when a pod is assumed to be placed and its binding does not show yet.</summary>
    public bool IsAssumed(string uid) => _placed.TryGetValue(uid, out Placed? placed) && placed.IsAssumed;

    /// <summary>Takes a message over.</summary>
    public void Apply(in LoopMessage message)
    {
        switch (message.Resource)
        {
            case EventResource.AssignedPod:
                ApplyPod((Pod?)message.Old, (Pod?)message.Now);
                break;
            case EventResource.Node:
                ApplyNode((Node?)message.Old, (Node?)message.Now);
                break;
            default:
                ActionType action = message.Old is null ? ActionType.Add
                    : message.Now is null ? ActionType.Delete
                    : ActionType.Update;
                queue.Happened(new(message.Resource, action), message.Old, message.Now);
                break;
        }
    }

    /// <summary>Counts a pod as placed from now on.</summary>
    public void Assume(PodInfo placed)
    {
        snapshot.AddPod(placed);
        _placed[placed.Uid] = new(placed, true);
        nominations.Remove(placed);
    }

    /// <summary>Takes back that a pod is placed; false when its binding shows already, or it is gone.</summary>
    public bool Forget(PodInfo placed)
    {
        if (!_placed.TryGetValue(placed.Uid, out Placed? known) || !known.IsAssumed)
        {
            return false;
        }

        _placed.Remove(placed.Uid);
        snapshot.RemovePod(known.Pod);
        queue.Happened(new(EventResource.AssignedPod, ActionType.Delete), known.Pod, null);
        return true;
    }

    private static long Version(Pod pod) => ResourceVersions.Number(pod.Metadata.ResourceVersion);

    private static bool IsEnded(Pod pod) => pod.Status.Phase is PodPhase.Succeeded or PodPhase.Failed;

    private void ApplyNode(Node? old, Node? now)
    {
        if (now is null)
        {
            snapshot.RemoveNode(old!.Metadata.Name);
            queue.Happened(new(EventResource.Node, ActionType.Delete), old, null);
            return;
        }

        snapshot.SetNode(now);
        ActionType actions = old is null ? ActionType.Add : ObjectChanges.Of(old, now);
        if (actions == ActionType.None)
        {
            return;
        }

        queue.Happened(new(EventResource.Node, actions), old, now);
        if (old is null)
        {
            queue.FlushWithoutReasons();
        }
    }

    private void ApplyPod(Pod? old, Pod? now)
    {
        if (old is not null && now is not null && old.Metadata.Uid != now.Metadata.Uid)
        {
            Gone(old);
            old = null;
        }

        if (now is null || IsEnded(now))
        {
            Gone(now ?? old!);
        }
        else if (now.Spec.NodeName.Length > 0)
        {
            Assigned(now);
        }
        else if (isOurs(now.Spec.SchedulerName))
        {
            Waiting(now);
        }
    }

    private void Gone(Pod pod)
    {
        string uid = pod.Metadata.Uid;
        if (queue.TryFind(uid, out QueuedPod? waiting))
        {
            nominations.Remove(waiting.Pod);
            queue.Remove(uid);
        }

        if (!_placed.Remove(uid, out Placed? placed))
        {
            return;
        }

        snapshot.RemovePod(placed.Pod);
        if (placed.IsAssumed)
        {
            AssumedGone?.Invoke(placed.Pod);
        }

        queue.Happened(new(EventResource.AssignedPod, ActionType.Delete), placed.Pod, null);
    }

    private void Assigned(Pod pod)
    {
        PodInfo now = new(pod);
        if (queue.TryFind(now.Uid, out QueuedPod? waiting))
        {
            // Somebody else placed it.
            nominations.Remove(waiting.Pod);
            queue.Remove(now.Uid);
        }

        if (!_placed.TryGetValue(now.Uid, out Placed? placed))
        {
            _placed.Add(now.Uid, new(now, false));
            snapshot.AddPod(now);
            queue.Happened(new(EventResource.AssignedPod, ActionType.Add), null, now);
            return;
        }

        _placed[now.Uid] = new(now, false);
        snapshot.RemovePod(placed.Pod);
        snapshot.AddPod(now);
        queue.Happened(
            new(EventResource.AssignedPod, placed.IsAssumed ? ActionType.Add : ObjectChanges.Of(placed.Pod, now)),
            placed.IsAssumed ? null : placed.Pod, now);
    }

    private void Waiting(Pod pod)
    {
        if (_placed.ContainsKey(pod.Metadata.Uid))
        {
            // What changed about it while it is being bound no longer matters.
            return;
        }

        PodInfo now = new(pod);
        if (queue.TryFind(now.Uid, out QueuedPod? waiting))
        {
            // Who was put back after an attempt was read anew then, and may be ahead of what comes in here.
            if (Version(pod) < Version(waiting.Pod.Pod))
            {
                return;
            }

            Renominate(waiting.Pod, now);
            queue.Update(waiting, now, ObjectChanges.OfWaiting(waiting.Pod, now));
        }
        else
        {
            nominations.Set(now, pod.Status.NominatedNodeName);
            queue.Add(now);
        }
    }

    private void Renominate(PodInfo old, PodInfo now)
    {
        string before = old.Pod.Status.NominatedNodeName;
        string after = now.Pod.Status.NominatedNodeName;

        // Without a word of it on either side, what was decided here and is not written yet stays.
        nominations.Set(now, after.Length == 0 && before.Length == 0 ? nominations.NodeOf(now) : after);
    }

    private sealed record Placed(PodInfo Pod, bool IsAssumed);
}
