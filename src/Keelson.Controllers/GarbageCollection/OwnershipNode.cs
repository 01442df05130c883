using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.GarbageCollection;

/// <summary>An object in the graph. Everything but the identity's uid is the graph's to read and write, under its
/// lock.</summary>
internal sealed class OwnershipNode(ObjectIdentity identity, bool isVirtual)
{
    private Dictionary<OwnershipNode, bool>? _dependents;

    /// <summary>Its names. Those of a virtual node are what a dependent says of it, which may be wrong.</summary>
    public ObjectIdentity Identity { get; set; } = identity;

    /// <summary>True while only references to the object are known, not the object.</summary>
    public bool IsVirtual { get; set; } = isVirtual;

    /// <summary>True once the object has a deletion timestamp.</summary>
    public bool IsBeingDeleted { get; set; }

    /// <summary>True once the object waits for its dependents to go first (finalizer
    /// <c>foregroundDeletion</c>).</summary>
    public bool WaitsForDependents { get; set; }

    /// <summary>Whom the object refers to.</summary>
    public ApiList<OwnerReference> Owners { get; set; }

    /// <summary>How many dependents hold the object back (<c>blockOwnerDeletion</c>).</summary>
    public int BlockingCount { get; private set; }

    /// <summary>Who refers to the object.</summary>
    public IReadOnlyCollection<OwnershipNode> Dependents => _dependents is null ? [] : _dependents.Keys;

    /// <summary>The dependents that hold the object back.</summary>
    public IEnumerable<OwnershipNode> Blocking =>
        _dependents is null ? [] : _dependents.Where(one => one.Value).Select(one => one.Key);

    /// <summary>Notes a dependent, and whether it holds the object back.</summary>
    public void Link(OwnershipNode dependent, bool blocks)
    {
        _dependents ??= [];
        if (_dependents.TryGetValue(dependent, out bool before))
        {
            BlockingCount -= before ? 1 : 0;
        }

        _dependents[dependent] = blocks;
        BlockingCount += blocks ? 1 : 0;
    }

    /// <summary>Forgets a dependent.</summary>
    public void Unlink(OwnershipNode dependent)
    {
        if (_dependents is not null && _dependents.Remove(dependent, out bool blocked))
        {
            BlockingCount -= blocked ? 1 : 0;
            if (_dependents.Count == 0)
            {
                // A big owner does not keep its empty table.
                _dependents = null;
            }
        }
    }
}
