namespace Keelson.Controllers.GarbageCollection;

/// <summary>Owners that are known to be gone. Only the last few hundred are kept; who falls out is looked for
/// again.</summary>
internal sealed class AbsentOwners(int capacity = AbsentOwners.UpstreamCapacity)
{
    private const int UpstreamCapacity = 500;

    private readonly Lock _gate = new();
    private readonly HashSet<ObjectIdentity> _known = [];
    private readonly Queue<ObjectIdentity> _order = new();

    /// <summary>Notes one.</summary>
    public void Add(ObjectIdentity identity)
    {
        lock (_gate)
        {
            if (!_known.Add(identity))
            {
                return;
            }

            _order.Enqueue(identity);
            if (_order.Count > capacity)
            {
                _known.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>True for one that was noted.</summary>
    public bool Contains(ObjectIdentity identity)
    {
        lock (_gate)
        {
            return _known.Contains(identity);
        }
    }
}
