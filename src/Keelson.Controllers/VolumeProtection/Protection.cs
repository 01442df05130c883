using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeProtection;

/// <summary>A finalizer that every object of a kind has, and that goes only when nobody uses the object any
/// more.</summary>
internal static class Protection
{
    /// <summary>The finalizers as they should be; the same when nothing is to change.</summary>
    /// <param name="meta">The object.</param>
    /// <param name="finalizer">The finalizer.</param>
    /// <param name="isUsed">Whether the object is used; only asked when it is to go.</param>
    public static ApiList<string> Compute(ObjectMeta meta, string finalizer, Func<bool> isUsed)
    {
        bool isProtected = meta.Finalizers.Contains(finalizer);
        if (meta.DeletionTimestamp is null)
        {
            return isProtected ? meta.Finalizers : meta.Finalizers.Add(finalizer);
        }

        return isProtected && !isUsed() ? meta.Finalizers.Where(one => one != finalizer).ToApiList() : meta.Finalizers;
    }

    /// <summary>The object with the finalizers as they should be; null when nothing is to change.</summary>
    public static T? Apply<T>(T obj, string finalizer, Func<bool> isUsed)
        where T : class, IKind<T>
    {
        ApiList<string> wanted = Compute(obj.Metadata, finalizer, isUsed);
        return wanted == obj.Metadata.Finalizers
            ? null
            : (T)obj.WithMetadata(obj.Metadata with { Finalizers = wanted });
    }
}
