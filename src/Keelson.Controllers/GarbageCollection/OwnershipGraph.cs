using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.GarbageCollection;

/// <summary>What a change of the graph asks for.</summary>
internal interface IOwnershipEffects
{
    /// <summary>Look whether the object is to go.</summary>
    void AttemptToDelete(OwnershipNode node);

    /// <summary>Cut the object's dependents loose.</summary>
    void AttemptToOrphan(OwnershipNode node);

    /// <summary>The object is known to be gone, so whoever refers to it dangles.</summary>
    void Absent(ObjectIdentity identity);

    /// <summary>A dependent refers to an owner in another namespace.</summary>
    void InvalidNamespace(ObjectIdentity dependent, OwnerReference reference);
}

/// <summary>
/// Who owns whom, by uid. An owner that is referred to before it is seen, or that was never there, is a virtual node
/// until a live look decides. The graph itself deletes nothing: what is to be looked at goes to
/// <see cref="IOwnershipEffects"/>.
/// </summary>
/// <param name="effects">Called under the graph's lock; must be quick.</param>
/// <param name="isClusterKind">(apiVersion, kind) → true for a known kind whose objects live in no namespace.</param>
internal sealed class OwnershipGraph(IOwnershipEffects effects, Func<string, string, bool> isClusterKind)
{
    /// <summary>The finalizer of objects whose dependents go first.</summary>
    public const string ForegroundFinalizer = "foregroundDeletion";

    /// <summary>The finalizer of objects whose dependents stay.</summary>
    public const string OrphanFinalizer = "orphan";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OwnershipNode> _nodes = new(StringComparer.Ordinal);

    /// <summary>How many objects are known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _nodes.Count;
            }
        }
    }

    /// <summary>The node of a uid; null when there is none.</summary>
    public OwnershipNode? Find(string uid)
    {
        lock (_gate)
        {
            return _nodes.GetValueOrDefault(uid);
        }
    }

    /// <summary>Reads several facts of nodes that belong together.</summary>
    public TResult Read<TResult>(OwnershipNode node, Func<OwnershipNode, TResult> read)
    {
        lock (_gate)
        {
            return read(node);
        }
    }

    /// <summary>An object is new or has changed.</summary>
    /// <param name="identity">The object, as seen.</param>
    /// <param name="old">Its metadata before; null when it is new.</param>
    /// <param name="now">Its metadata.</param>
    public void Observe(ObjectIdentity identity, ObjectMeta? old, ObjectMeta now)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(identity.Uid, out OwnershipNode? node))
            {
                node = new(identity, isVirtual: false);
                _nodes.Add(identity.Uid, node);
            }
            else if (node.IsVirtual)
            {
                Materialize(node, identity);
            }

            if (node.Owners != now.OwnerReferences)
            {
                ChangeOwners(node, now.OwnerReferences);
            }

            node.IsBeingDeleted |= now.DeletionTimestamp is not null;
            Follow(node, old, now);
        }
    }

    /// <summary>An object is gone.</summary>
    public void Remove(string uid)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(uid, out OwnershipNode? node))
            {
                RemoveNode(node);
            }
        }
    }

    /// <summary>A live look showed that there is no such object, though the graph has it or something that refers to
    /// it.</summary>
    public void RemoveAbsent(ObjectIdentity absent)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(absent.Uid, out OwnershipNode? node))
            {
                return;
            }

            if (!node.IsVirtual && node.Identity == absent)
            {
                RemoveNode(node);
                return;
            }

            List<OwnershipNode> matching = [];
            List<OwnershipNode> others = [];
            Partition(node.Dependents, absent, matching, others);
            if (node.IsVirtual && others.Count == 0)
            {
                RemoveNode(node);
                return;
            }

            if (matching.Count > 0)
            {
                effects.Absent(absent);
                matching.ForEach(effects.AttemptToDelete);
            }

            if (node.IsVirtual && node.Identity == absent && Alternative(others, absent) is { } other)
            {
                // Some dependents call the owner by another name; that one is looked for next.
                node.Identity = other;
                effects.AttemptToDelete(node);
            }
        }
    }

    private static bool Starts(ObjectMeta? old, ObjectMeta now, string finalizer) =>
        now.DeletionTimestamp is not null
        && now.Finalizers.Contains(finalizer)
        && (old?.DeletionTimestamp is null || !old.Finalizers.Contains(finalizer));

    private static bool Blocks(ApiList<OwnerReference> owners, string uid)
    {
        foreach (OwnerReference one in owners)
        {
            if (one.Uid == uid && one.BlockOwnerDeletion == true)
            {
                return true;
            }
        }

        return false;
    }

    private static void Partition(
        IEnumerable<OwnershipNode> dependents, ObjectIdentity owner, List<OwnershipNode> matching, List<OwnershipNode> others)
    {
        foreach (OwnershipNode dependent in dependents)
        {
            bool reaches = owner.Namespace.Length == 0 || owner.Namespace == dependent.Identity.Namespace;
            bool matches = false;
            bool differs = !reaches;
            foreach (OwnerReference reference in reaches ? dependent.Owners : default)
            {
                bool same = owner.IsNamedBy(reference);
                matches |= same;
                differs |= !same && reference.Uid == owner.Uid;
            }

            if (matches)
            {
                matching.Add(dependent);
            }

            if (differs)
            {
                others.Add(dependent);
            }
        }
    }

    private void Materialize(OwnershipNode node, ObjectIdentity seen)
    {
        if (node.Identity != seen)
        {
            List<OwnershipNode> others = [];
            Partition(node.Dependents, seen, [], others);
            foreach (OwnershipNode dependent in others)
            {
                if (seen.Namespace.Length > 0 && dependent.Identity.Namespace != seen.Namespace)
                {
                    Report(dependent, seen.Uid);
                }

                effects.AttemptToDelete(dependent);
            }

            node.Identity = seen;
        }

        node.IsVirtual = false;
    }

    private void ChangeOwners(OwnershipNode node, ApiList<OwnerReference> owners)
    {
        ApiList<OwnerReference> before = node.Owners;
        node.Owners = owners;
        foreach (string uid in before.Select(one => one.Uid).Distinct())
        {
            if (!_nodes.TryGetValue(uid, out OwnershipNode? owner))
            {
                continue;
            }

            bool blocked = Blocks(before, uid);
            if (!owners.Any(one => one.Uid == uid))
            {
                owner.Unlink(node);
                DropIfUnknown(owner);
            }
            else if (Blocks(owners, uid) != blocked)
            {
                owner.Link(node, !blocked);
            }

            Unblock(owner, blocked);
        }

        bool isDoubtful = false;
        foreach (OwnerReference reference in owners)
        {
            if (!before.Contains(reference))
            {
                isDoubtful |= LinkTo(node, reference);
            }
        }

        if (isDoubtful)
        {
            effects.AttemptToDelete(node);
        }
    }

    /// <summary>Ties a node to an owner; true when the reference may be wrong.</summary>
    private bool LinkTo(OwnershipNode node, OwnerReference reference)
    {
        bool isKnown = _nodes.TryGetValue(reference.Uid, out OwnershipNode? owner);
        if (owner is null)
        {
            string place = isClusterKind(reference.ApiVersion, reference.Kind) ? "" : node.Identity.Namespace;
            owner = new(
                new(reference.ApiVersion, reference.Kind, place, reference.Name, reference.Uid), isVirtual: true);
            _nodes.Add(reference.Uid, owner);
        }

        owner.Link(node, Blocks(node.Owners, reference.Uid));
        if (!isKnown)
        {
            effects.AttemptToDelete(owner);
            return false;
        }

        if (owner.WaitsForDependents)
        {
            effects.AttemptToDelete(node);
        }

        if (owner.Identity.Namespace.Length > 0 && owner.Identity.Namespace != node.Identity.Namespace)
        {
            if (!owner.IsVirtual)
            {
                Report(node, reference.Uid);
            }

            return true;
        }

        return !owner.Identity.IsNamedBy(reference);
    }

    private void Follow(OwnershipNode node, ObjectMeta? old, ObjectMeta now)
    {
        if (Starts(old, now, OrphanFinalizer))
        {
            effects.AttemptToOrphan(node);
        }
        else if (Starts(old, now, ForegroundFinalizer))
        {
            node.WaitsForDependents = true;
            foreach (OwnershipNode dependent in node.Dependents)
            {
                effects.AttemptToDelete(dependent);
            }

            effects.AttemptToDelete(node);
        }
    }

    private void RemoveNode(OwnershipNode node)
    {
        _nodes.Remove(node.Identity.Uid);
        foreach (string uid in node.Owners.Select(one => one.Uid).Distinct())
        {
            if (_nodes.TryGetValue(uid, out OwnershipNode? owner))
            {
                owner.Unlink(node);
                Unblock(owner, Blocks(node.Owners, uid));
                DropIfUnknown(owner);
            }
        }

        if (node.Dependents.Count == 0)
        {
            return;
        }

        effects.Absent(node.Identity);
        foreach (OwnershipNode dependent in node.Dependents)
        {
            effects.AttemptToDelete(dependent);
        }
    }

    /// <summary>A virtual node that nobody refers to any more is nothing.</summary>
    private void DropIfUnknown(OwnershipNode owner)
    {
        if (owner.IsVirtual && owner.Dependents.Count == 0)
        {
            _nodes.Remove(owner.Identity.Uid);
        }
    }

    /// <summary>Looks at an owner again once the last dependent that held it back has let go.</summary>
    private void Unblock(OwnershipNode owner, bool blocked)
    {
        if (blocked && owner.WaitsForDependents && owner.BlockingCount == 0)
        {
            effects.AttemptToDelete(owner);
        }
    }

    private void Report(OwnershipNode dependent, string ownerUid)
    {
        foreach (OwnerReference reference in dependent.Owners)
        {
            if (reference.Uid == ownerUid)
            {
                effects.InvalidNamespace(dependent.Identity, reference);
                return;
            }
        }
    }

    /// <summary>Another name by which dependents call an owner: the next one in order after the one that is not
    /// there.</summary>
    private ObjectIdentity? Alternative(IEnumerable<OwnershipNode> dependents, ObjectIdentity absent)
    {
        HashSet<ObjectIdentity> candidates = [];
        foreach (OwnershipNode dependent in dependents)
        {
            foreach (OwnerReference reference in dependent.Owners)
            {
                string place = isClusterKind(reference.ApiVersion, reference.Kind) ? "" : dependent.Identity.Namespace;
                ObjectIdentity called = new(reference.ApiVersion, reference.Kind, place, reference.Name, reference.Uid);
                if (reference.Uid == absent.Uid && called != absent)
                {
                    candidates.Add(called);
                }
            }
        }

        ObjectIdentity[] ordered = [.. candidates.OrderBy(one => one.ToString(), StringComparer.Ordinal)];
        if (ordered.Length == 0)
        {
            return null;
        }

        int next = Array.FindIndex(ordered, one => string.CompareOrdinal(one.ToString(), absent.ToString()) > 0);
        return ordered[Math.Max(next, 0)];
    }
}
