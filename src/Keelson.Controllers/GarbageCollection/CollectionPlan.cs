using Keelson.Api.Meta.V1;

namespace Keelson.Controllers.GarbageCollection;

/// <summary>How an owner that an object refers to is found.</summary>
internal enum OwnerState
{
    /// <summary>It is there.</summary>
    Solid,

    /// <summary>There is no such object.</summary>
    Dangling,

    /// <summary>It is going away and waits for its dependents to go first.</summary>
    WaitsForDependents,
}

/// <summary>What to do about an object, going by its owners.</summary>
internal enum CollectionAction
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>Take references to owners out that are gone, or that wait for the object to go.</summary>
    DropReferences,

    /// <summary>Delete it.</summary>
    Delete,
}

/// <summary>What to do about an object, going by its owners.</summary>
/// <param name="Action">What.</param>
/// <param name="DropUids">The owners to take out.</param>
/// <param name="Propagation">How to delete it.</param>
/// <param name="Unblocks">Whether it must first let its owners go, since one of its dependents waits in a
/// circle.</param>
internal sealed record CollectionPlan(
    CollectionAction Action, IReadOnlyList<string> DropUids, string Propagation, bool Unblocks = false)
{
    private static readonly CollectionPlan Nothing = new(CollectionAction.Keep, [], "");

    /// <summary>Decides.</summary>
    /// <param name="meta">The object, read just now.</param>
    /// <param name="owners">Each owner's uid and how it was found.</param>
    /// <param name="hasDependents">Whether others refer to the object.</param>
    /// <param name="dependentWaits">Whether one of those waits for its own dependents.</param>
    public static CollectionPlan Compute(
        ObjectMeta meta, IReadOnlyList<(string Uid, OwnerState State)> owners, bool hasDependents, bool dependentWaits)
    {
        if (owners.Count == 0)
        {
            return Nothing;
        }

        if (owners.Any(static one => one.State == OwnerState.Solid))
        {
            string[] drop =
                [.. owners.Where(static one => one.State != OwnerState.Solid).Select(static one => one.Uid).Distinct()];
            return drop.Length == 0 ? Nothing : new(CollectionAction.DropReferences, drop, "");
        }

        if (hasDependents && owners.Any(static one => one.State == OwnerState.WaitsForDependents))
        {
            return new(CollectionAction.Delete, [], DeletionPropagation.Foreground, dependentWaits);
        }

        string policy = meta.Finalizers.Contains(OwnershipGraph.OrphanFinalizer) ? DeletionPropagation.Orphan
            : meta.Finalizers.Contains(OwnershipGraph.ForegroundFinalizer) ? DeletionPropagation.Foreground
            : DeletionPropagation.Background;
        return new(CollectionAction.Delete, [], policy);
    }
}
