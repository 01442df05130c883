using Keelson.Api.Core.V1;
using Keelson.Client.Informers;

namespace Keelson.Cluster.Bench;

/// <summary>Counts pods as their changes come in, so that waiting for some costs nothing.</summary>
internal sealed class PodTally
{
    private int _all;
    private int _placed;
    private int _important;
    private int _running;
    private int _newest;

    public PodTally(IInformer<Pod> pods) => pods.Subscribe((old, now) =>
    {
        Count(old, -1);
        Count(now, 1);
    });

    /// <summary>All pods.</summary>
    public int All => Volatile.Read(ref _all);

    /// <summary>Those that have a node.</summary>
    public int Placed => Volatile.Read(ref _placed);

    /// <summary>Those that have a node and a priority.</summary>
    public int PlacedImportant => Volatile.Read(ref _important);

    /// <summary>Those that run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Those that run the second version of their image.</summary>
    public int RunningNewest => Volatile.Read(ref _newest);

    private void Count(Pod? pod, int change)
    {
        if (pod is null)
        {
            return;
        }

        bool isPlaced = pod.Spec.NodeName.Length > 0;
        bool runs = pod.Status.Phase == PodPhase.Running;
        _all += change;
        _placed += isPlaced ? change : 0;
        _important += isPlaced && pod.Spec.Priority > 0 ? change : 0;
        _running += runs ? change : 0;
        _newest += runs && pod.Spec.Containers[0].Image == Manifests.NewImage ? change : 0;
    }
}
