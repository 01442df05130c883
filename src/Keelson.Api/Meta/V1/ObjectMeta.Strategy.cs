namespace Keelson.Api.Meta.V1;

/// <summary>What most kinds do with metadata before a write.</summary>
public static class ObjectMetaStrategy
{
    /// <summary>The metadata of a new object whose generation counts.</summary>
    public static ObjectMeta Created(ObjectMeta meta) => meta.Generation == 1 ? meta : meta with { Generation = 1 };

    /// <summary>The generation of the stored object, one more when what is wanted changed.</summary>
    public static ObjectMeta Updated(ObjectMeta meta, ObjectMeta old, bool wantedChanged)
    {
        long generation = old.Generation + (wantedChanged ? 1 : 0);
        return meta.Generation == generation ? meta : meta with { Generation = generation };
    }

    /// <summary>
    /// Keeps what a write to the status may not change. Managed fields pass, since they record that very write.
    /// </summary>
    public static ObjectMeta StatusUpdated(ObjectMeta meta, ObjectMeta old) => meta with
    {
        DeletionTimestamp = old.DeletionTimestamp,
        Generation = old.Generation,
        SelfLink = old.SelfLink,
        Labels = old.Labels,
        Annotations = old.Annotations,
        Finalizers = old.Finalizers,
        OwnerReferences = old.OwnerReferences,
    };
}
