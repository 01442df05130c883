using Keelson.Api.Apps.V1;
using Keelson.Api.Core.V1;

namespace Keelson.Cluster.Simulator.Invariants;

/// <summary>
/// A rollout never asks for more pods than <c>maxSurge</c> allows, and, as long as nothing but the rollout takes pods
/// away, never leaves fewer than <c>maxUnavailable</c> allows. A controller may not have seen the newest
/// specification yet, so that any since the observed generation may be what it acts by.
/// </summary>
/// <param name="isCalm">Whether nothing but rollouts takes pods away.</param>
internal sealed class DeploymentInvariant(bool isCalm) : IInvariant
{
    /// <summary>
    /// So long after a new specification, counts may be of pods that were let go for the one before, when a rollout
    /// is turned around in its middle; so upstream, too.
    /// </summary>
    private static readonly TimeSpan TurningAround = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, List<(long Generation, DeploymentSpec Spec)>> _specs = [];
    private readonly Dictionary<string, DateTimeOffset> _changed = [];

    public IEnumerable<string> Check(ClusterHistory cluster, Change change) => change.Object switch
    {
        Deployment deployment => Note(cluster, deployment, change.Now is null),
        ReplicaSet set when change.Now is not null => CheckSurge(cluster, set, change.Old as ReplicaSet),
        Pod pod when isCalm && change is { Now: not null, Old: Pod old } && pod.Metadata.DeletionTimestamp is not null
            && Pods.IsServing(old) && !Pods.IsEvicted(pod) && pod.Metadata.Namespace == "work" =>
            CheckAvailable(cluster, pod),
        _ => [],
    };

    private IEnumerable<string> Note(ClusterHistory cluster, Deployment deployment, bool isGone)
    {
        string uid = deployment.Metadata.Uid;
        if (isGone)
        {
            _specs.Remove(uid);
            return [];
        }

        if (!_specs.TryGetValue(uid, out List<(long Generation, DeploymentSpec Spec)>? specs))
        {
            _specs.Add(uid, specs = []);
        }

        specs.RemoveAll(one => one.Generation < deployment.Status.ObservedGeneration);
        if (specs.Count == 0 || specs[^1].Generation != deployment.Metadata.Generation)
        {
            specs.Add((deployment.Metadata.Generation, deployment.Spec));
            _changed[uid] = cluster.Now;
        }

        return [];
    }

    private IEnumerable<string> CheckSurge(ClusterHistory cluster, ReplicaSet set, ReplicaSet? old)
    {
        if (ClusterHistory.ControllerOf(set) is not { Kind: "Deployment" } owner
            || !_specs.TryGetValue(owner.Uid, out List<(long Generation, DeploymentSpec Spec)>? specs)
            || set.Spec.Replicas <= (old?.Spec.Replicas ?? 0))
        {
            yield break;
        }

        int wanted = cluster.Of<ReplicaSet>()
            .Where(one => ClusterHistory.ControllerOf(one)?.Uid == owner.Uid)
            .Sum(static one => one.Spec.Replicas ?? 1);
        int most = specs.Max(static one => one.Spec.Replicas!.Value + Surge(one.Spec));
        if (wanted > most)
        {
            yield return $"deployment {owner.Name} wants {wanted} pods, at most {most} are allowed";
        }
    }

    private IEnumerable<string> CheckAvailable(ClusterHistory cluster, Pod pod)
    {
        if (ClusterHistory.ControllerOf(pod) is not { Kind: "ReplicaSet" } controller
            || cluster.Of<ReplicaSet>().FirstOrDefault(one => one.Metadata.Uid == controller.Uid) is not { } set
            || ClusterHistory.ControllerOf(set) is not { } owner
            || !_specs.TryGetValue(owner.Uid, out List<(long Generation, DeploymentSpec Spec)>? specs)
            || cluster.Now - _changed[owner.Uid] < TurningAround
            || specs.Any(static one => one.Spec.Strategy.RollingUpdate is null))
        {
            yield break;
        }

        int available = cluster.Of<ReplicaSet>()
            .Where(one => ClusterHistory.ControllerOf(one)?.Uid == owner.Uid)
            .Sum(one => cluster.PodsOf(one).Count(Pods.IsServing));
        int least = specs.Min(static one => one.Spec.Replicas!.Value - Unavailable(one.Spec));
        if (available < least)
        {
            yield return $"deployment {owner.Name} is left with {available} pods, at least {least} must serve";
        }
    }

    private static int Surge(DeploymentSpec spec) => spec.Strategy.RollingUpdate is { } rolling
        ? Pods.Scaled(rolling.MaxSurge!.Value, spec.Replicas!.Value, roundUp: true)
        : 0;

    private static int Unavailable(DeploymentSpec spec)
    {
        int unavailable = Pods.Scaled(
            spec.Strategy.RollingUpdate!.MaxUnavailable!.Value, spec.Replicas!.Value, roundUp: false);

        // Nothing would ever move if both were zero.
        return unavailable == 0 && Surge(spec) == 0 ? 1 : unavailable;
    }
}
