using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;

namespace Keelson.Server.Verbs;

/// <summary>What a deletion does to an object; pure, so it can be made anew when somebody wrote in between.</summary>
/// <param name="Marked">The metadata to store first, with the time by which the object goes; null when there is nothing
/// to store.</param>
/// <param name="Goes">True when the object goes at once; false while finalizers or a grace period keep it.</param>
internal readonly record struct DeletionPlan(ObjectMeta? Marked, bool Goes)
{
    public const string OrphanFinalizer = "orphan";
    public const string ForegroundFinalizer = "foregroundDeletion";

    /// <summary>The plan for an object. Options that were not valid have been refused before.</summary>
    public static DeletionPlan Make(ApiKind kind, IObject old, DeleteOptions options, Time now)
    {
        ObjectMeta meta = old.Metadata;
        long? asked = options.GracePeriodSeconds is < 0 ? 1 : options.GracePeriodSeconds;
        long? grace = kind.GracePeriodSeconds(old, asked);
        if (meta.DeletionTimestamp is null)
        {
            return grace is { } seconds
                ? Within(WithFinalizers(kind, meta, options), now.Instant.AddSeconds(seconds), seconds, isFirst: true)
                : AtOnce(WithFinalizers(kind, meta, options), now);
        }

        if (grace is null || meta.DeletionGracePeriodSeconds is null or 0)
        {
            return AtOnce(WithFinalizers(kind, meta, options), now);
        }

        // Only a shorter time than the one that runs counts; until then the finalizers stay as they are, too.
        long running = Math.Max(1, meta.DeletionGracePeriodSeconds.Value);
        return asked is { } shorter && shorter < running
            ? Within(
                WithFinalizers(kind, meta, options), meta.DeletionTimestamp.Value.Instant.AddSeconds(shorter - running), shorter, isFirst: false)
            : new(null, false);
    }

    /// <summary>The metadata with the finalizers that the propagation policy asks for.</summary>
    public static ObjectMeta WithFinalizers(ApiKind kind, ObjectMeta meta, DeleteOptions options)
    {
        bool isSupported = kind.DefaultPropagation != "Unsupported";
        string? policy = options.OrphanDependents is { } orphans ? (orphans ? "Orphan" : "Background")
            : options.PropagationPolicy ?? (meta.Finalizers.FirstOrDefault(IsOfPolicy) switch
            {
                OrphanFinalizer => "Orphan",
                ForegroundFinalizer => "Foreground",
                _ => kind.DefaultPropagation,
            });
        List<string> wanted = [.. meta.Finalizers.Where(one => !IsOfPolicy(one))];
        if (isSupported && policy is "Orphan" or "Foreground")
        {
            wanted.Add(policy == "Orphan" ? OrphanFinalizer : ForegroundFinalizer);
        }

        return wanted.ToHashSet().SetEquals(meta.Finalizers) ? meta : meta with { Finalizers = wanted.ToApiList() };
    }

    /// <summary>
    /// A kind with grace periods: the time is stored even if it is zero, so that watchers see the object end before it
    /// goes.
    /// </summary>
    private static DeletionPlan Within(ObjectMeta meta, DateTimeOffset ends, long seconds, bool isFirst) => new(
        meta with
        {
            DeletionTimestamp = new(ends),
            DeletionGracePeriodSeconds = seconds,
            Generation = isFirst && meta.Generation > 0 ? meta.Generation + 1 : meta.Generation,
        },
        seconds == 0 && meta.Finalizers.Count == 0);

    /// <summary>A kind without: it goes, or waits for its finalizers.</summary>
    private static DeletionPlan AtOnce(ObjectMeta meta, Time now)
    {
        if (meta.Finalizers.Count == 0)
        {
            return new(null, true);
        }

        bool isFirst = meta.DeletionGracePeriodSeconds is null && meta.Generation > 0;
        return new(
            meta with
            {
                DeletionTimestamp = meta.DeletionTimestamp is { } already && already.Instant <= now.Instant
                    ? already
                    : now,
                DeletionGracePeriodSeconds = 0,
                Generation = isFirst ? meta.Generation + 1 : meta.Generation,
            },
            false);
    }

    private static bool IsOfPolicy(string finalizer) => finalizer is OrphanFinalizer or ForegroundFinalizer;
}
