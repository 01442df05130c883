using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Queue;

/// <summary>A binary heap of waiting pods from which any of them can be taken.</summary>
internal sealed class PodHeap(Comparison<QueuedPod> compare)
{
    private readonly List<QueuedPod> _pods = [];

    /// <summary>How many there are.</summary>
    public int Count => _pods.Count;

    /// <summary>The pods, in no order.</summary>
    public IReadOnlyList<QueuedPod> All => _pods;

    /// <summary>The first one; null when there is none.</summary>
    public QueuedPod? First => _pods.Count == 0 ? null : _pods[0];

    /// <summary>Adds a pod that is in no heap.</summary>
    public void Push(QueuedPod pod)
    {
        pod.HeapIndex = _pods.Count;
        _pods.Add(pod);
        Up(pod.HeapIndex);
    }

    /// <summary>Takes the first one.</summary>
    public QueuedPod? Pop()
    {
        QueuedPod? first = First;
        if (first is not null)
        {
            Remove(first);
        }

        return first;
    }

    /// <summary>True when a pod is in this heap.</summary>
    public bool Contains(QueuedPod pod) =>
        pod.HeapIndex >= 0 && pod.HeapIndex < _pods.Count && ReferenceEquals(_pods[pod.HeapIndex], pod);

    /// <summary>Takes a pod that is in this heap.</summary>
    public void Remove(QueuedPod pod)
    {
        int at = pod.HeapIndex;
        QueuedPod last = _pods[^1];
        _pods.RemoveAt(_pods.Count - 1);
        pod.HeapIndex = -1;
        if (!ReferenceEquals(last, pod))
        {
            _pods[at] = last;
            last.HeapIndex = at;
            Up(at);
            Down(last.HeapIndex);
        }
    }

    /// <summary>Moves a pod to where it belongs after it changed.</summary>
    public void Update(QueuedPod pod)
    {
        Up(pod.HeapIndex);
        Down(pod.HeapIndex);
    }

    private void Up(int at)
    {
        while (at > 0 && compare(_pods[at], _pods[(at - 1) / 2]) < 0)
        {
            Swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void Down(int at)
    {
        while (true)
        {
            int least = at;
            for (int child = (2 * at) + 1; child <= (2 * at) + 2 && child < _pods.Count; child++)
            {
                least = compare(_pods[child], _pods[least]) < 0 ? child : least;
            }

            if (least == at)
            {
                return;
            }

            Swap(at, least);
            at = least;
        }
    }

    private void Swap(int left, int right)
    {
        (_pods[left], _pods[right]) = (_pods[right], _pods[left]);
        _pods[left].HeapIndex = left;
        _pods[right].HeapIndex = right;
    }
}
