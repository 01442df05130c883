using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Admission;
using Keelson.Server.Storage;

namespace Keelson.Server.Verbs;

/// <summary>How a deletion ended.</summary>
/// <param name="Object">The object as it was last, or as it is while it waits.</param>
/// <param name="IsGone">False while finalizers or a grace period keep it.</param>
internal readonly record struct Deleted(StoredObject Object, bool IsGone);

/// <summary>
/// Deletes objects: preconditions, finalizers by propagation policy, grace periods. What may not go at once is marked and
/// waits.
/// </summary>
internal sealed class ObjectDeleter(ObjectStorage storage, AdmissionChain admission)
{
    private const string OrphanFinalizer = "orphan";
    private const string ForegroundFinalizer = "foregroundDeletion";
    private const int Attempts = 100;

    /// <summary>What kinds need to know when an object is gone.</summary>
    public IReadOnlyList<IWriteGuard> Guards { get; set; } = [];

    /// <summary>Deletes the object that the request names.</summary>
    public async ValueTask<ApiResult<Deleted>> DeleteAsync(
        ApiRequest request, DeleteOptions options, CancellationToken cancellationToken)
    {
        ObjectCache cache = storage.CacheOf(request.Kind);
        string key = cache.KeyOf(request.Namespace, request.Name);
        await storage.CatchUpAsync(cancellationToken);
        StoredObject? current = cache.Snapshot.Find(key);
        return await DeleteAsync(request, cache, current, options, cancellationToken);
    }

    /// <summary>Deletes an object whose stored version is at hand.</summary>
    public async ValueTask<ApiResult<Deleted>> DeleteAsync(
        ApiRequest request, ObjectCache cache, StoredObject? current, DeleteOptions options, CancellationToken cancellationToken)
    {
        if (CheckOptions(options) is { } invalid)
        {
            return invalid;
        }

        if (options is { PropagationPolicy: null, OrphanDependents: null } && request.Kind.DefaultPropagationWarning is { } warning)
        {
            request.Warn(warning);
        }

        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            if (current is null)
            {
                return ApiErrors.NotFound(request.Kind.Info, request.Name);
            }

            (ApiResult<Deleted>? result, StoredObject? newer) = await DeleteOnceAsync(request, cache, current, options, cancellationToken);
            if (result is { } done)
            {
                return done;
            }

            current = newer;
        }

        return ApiErrors.Modified(request.Kind.Info, request.Name);
    }

    private static Status? CheckOptions(DeleteOptions options)
    {
        FieldErrors errors = new();
        if (options.OrphanDependents is not null && options.PropagationPolicy is not null)
        {
            errors.Invalid(FieldPath.Of("propagationPolicy"), options.PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set");
        }

        if (options.PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
        {
            errors.NotSupported(FieldPath.Of("propagationPolicy"), options.PropagationPolicy, "Foreground", "Background", "Orphan", "nil");
        }

        OptionErrors.DryRun(options.DryRun, errors);
        return errors.Count == 0 ? null : ApiErrors.Invalid("meta.k8s.io", "DeleteOptions", "", errors);
    }

    /// <summary>Why the object is not the one that a deletion means; null when it is.</summary>
    public static Status? CheckPreconditions(ApiRequest request, Preconditions? preconditions, ObjectMeta meta)
    {
        // Upstream names the kind here where other conflicts name the resource.
        KindInfo named = new(request.Kind.Info.Group, request.Kind.Info.Version, request.Kind.Info.Kind, request.Kind.Info.Kind);
        if (preconditions?.Uid is { } uid && uid != meta.Uid)
        {
            return ApiErrors.Conflict(
                named, request.Name, $"the UID in the precondition ({uid}) does not match the UID in record ({meta.Uid}). The object might have been deleted and then recreated");
        }

        return preconditions?.ResourceVersion is { } version && version != meta.ResourceVersion
            ? ApiErrors.Conflict(
                named,
                request.Name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({meta.ResourceVersion}). The object might have been modified")
            : null;
    }

    private async ValueTask<(ApiResult<Deleted>? Result, StoredObject? Newer)> DeleteOnceAsync(
        ApiRequest request, ObjectCache cache, StoredObject current, DeleteOptions options, CancellationToken cancellationToken)
    {
        IObject old = request.Kind.FromStored(current.Record);
        if (CheckPreconditions(request, options.Preconditions, old.Metadata) is { } failed)
        {
            return (failed, null);
        }

        AdmissionContext context = new(request, AdmissionOperation.Delete, null, old) { DeleteOptions = options };
        if (await admission.AdmitAsync(context, cancellationToken) is { } refused)
        {
            return (refused, null);
        }

        if (await admission.ValidateAsync(context, cancellationToken) is { } notValid)
        {
            return (notValid, null);
        }

        if (old is Namespace)
        {
            return await NamespaceAsync(request, cache, current, (Namespace)old, cancellationToken);
        }

        ObjectMeta meta = old.Metadata;
        ObjectMeta marked = Mark(request, old, meta, options);
        bool waits = marked.Finalizers.Count > 0 || marked.DeletionGracePeriodSeconds > 0;
        if (!waits)
        {
            if (request.DryRun)
            {
                return (new Deleted(current, true), null);
            }

            WriteOutcome deleted = await storage.DeleteAsync(cache, current, cancellationToken);
            if (deleted.Written is not null && Guards.FirstOrDefault(one => one.Guards(request.Kind, "")) is { } guard)
            {
                await guard.DeletedAsync(old, cancellationToken);
            }

            return deleted switch
            {
                { Written: { } last } => (new Deleted(last, true), null),
                { Error: { } error } => (error, null),
                _ => (null, deleted.Current),
            };
        }

        if (marked == meta || request.DryRun)
        {
            return (new Deleted(current, false), null);
        }

        return await StoreMarkedAsync(request, cache, current, old.WithMetadata(marked), cancellationToken);
    }

    /// <summary>The metadata of an object that is asked to go: finalizers by policy, and the time by which it goes.</summary>
    private static ObjectMeta Mark(ApiRequest request, IObject old, ObjectMeta meta, DeleteOptions options)
    {
        ApiList<string> finalizers = FinalizersFor(request.Kind, meta, options);
        if (finalizers != meta.Finalizers)
        {
            meta = meta with { Finalizers = finalizers };
        }

        long? asked = options.GracePeriodSeconds;
        long? grace = request.Kind.GracePeriodSeconds(old, asked is < 0 ? 1 : asked);
        if (meta.DeletionTimestamp is { } already)
        {
            // A second request can only shorten the time that is left.
            if (grace is null || meta.DeletionGracePeriodSeconds is null or 0 || asked is null || grace >= meta.DeletionGracePeriodSeconds)
            {
                return meta;
            }

            Time started = new(already.Instant.AddSeconds(-meta.DeletionGracePeriodSeconds.Value));
            return meta with { DeletionTimestamp = new(started.Instant.AddSeconds(grace.Value)), DeletionGracePeriodSeconds = grace };
        }

        if (grace is null or 0 && meta.Finalizers.Count == 0)
        {
            return meta with { DeletionGracePeriodSeconds = 0 };
        }

        long seconds = grace ?? 0;
        return meta with
        {
            DeletionTimestamp = new(request.Now.Instant.AddSeconds(seconds)),
            DeletionGracePeriodSeconds = seconds,
            Generation = meta.Generation > 0 ? meta.Generation + 1 : 0,
        };
    }

    private static ApiList<string> FinalizersFor(ApiKind kind, ObjectMeta meta, DeleteOptions options)
    {
        bool orphan = options.OrphanDependents ?? (options.PropagationPolicy is null
            ? meta.Finalizers.Contains(OrphanFinalizer) || (kind.DefaultPropagation == "Orphan" && !meta.Finalizers.Contains(ForegroundFinalizer))
            : options.PropagationPolicy == "Orphan");
        bool foreground = options.OrphanDependents is null && (options.PropagationPolicy is null
            ? meta.Finalizers.Contains(ForegroundFinalizer)
            : options.PropagationPolicy == "Foreground");
        List<string> wanted = [.. meta.Finalizers.Where(one => one is not (OrphanFinalizer or ForegroundFinalizer))];
        if (orphan)
        {
            wanted.Add(OrphanFinalizer);
        }

        if (foreground)
        {
            wanted.Add(ForegroundFinalizer);
        }

        return wanted.Order(StringComparer.Ordinal).SequenceEqual(meta.Finalizers.Order(StringComparer.Ordinal)) ? meta.Finalizers : wanted.ToApiList();
    }

    /// <summary>
    /// A namespace first shows that it ends; what is in it goes next, and the namespace itself last, when its spec's finalizers
    /// are gone.
    /// </summary>
    private async ValueTask<(ApiResult<Deleted>? Result, StoredObject? Newer)> NamespaceAsync(
        ApiRequest request, ObjectCache cache, StoredObject current, Namespace old, CancellationToken cancellationToken)
    {
        if (old.Metadata.DeletionTimestamp is not null && old.Spec.Finalizers.Count > 0)
        {
            return (new Deleted(current, false), null);
        }

        if (old.Metadata.DeletionTimestamp is null)
        {
            Namespace ending = old with
            {
                Metadata = old.Metadata with { DeletionTimestamp = request.Now, DeletionGracePeriodSeconds = null },
                Status = old.Status with { Phase = NamespacePhase.Terminating },
            };
            return request.DryRun
                ? (new Deleted(current, false), null)
                : await StoreMarkedAsync(request, cache, current, ending, cancellationToken);
        }

        if (old.Metadata.Finalizers.Count > 0 || request.DryRun)
        {
            return (new Deleted(current, old.Metadata.Finalizers.Count == 0), null);
        }

        WriteOutcome deleted = await storage.DeleteAsync(cache, current, cancellationToken);
        return deleted switch
        {
            { Written: { } last } => (new Deleted(last, true), null),
            { Error: { } error } => (error, null),
            _ => (null, deleted.Current),
        };
    }

    private async ValueTask<(ApiResult<Deleted>? Result, StoredObject? Newer)> StoreMarkedAsync(
        ApiRequest request, ObjectCache cache, StoredObject current, IObject marked, CancellationToken cancellationToken)
    {
        WriteOutcome outcome = await storage.PutAsync(
            cache, current.Key, request.Kind.ToStored(marked), current.Revision, 0, cancellationToken);
        return outcome switch
        {
            { Written: { } written } => (new Deleted(written, false), null),
            { Error: { } error } => (error, null),
            _ => (null, outcome.Current),
        };
    }
}

/// <summary>Checks that several verbs' options share.</summary>
internal static class OptionErrors
{
    /// <summary>dryRun takes nothing but "All".</summary>
    public static void DryRun(ApiList<string> dryRun, FieldErrors errors)
    {
        if (dryRun.Any(one => one != "All"))
        {
            string listed = "[" + string.Join(",", dryRun.Select(GoText.Quote)) + "]";
            errors.Add(new(FieldErrorReason.FieldValueNotSupported, "dryRun", $"Unsupported value: {listed}: supported values: \"All\""));
        }
    }

    /// <summary>A fieldManager is short and printable.</summary>
    public static void FieldManager(string manager, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("fieldManager");
        if (manager.Length > 128)
        {
            errors.TooLong(path, 128);
        }

        for (int i = 0; i < manager.Length; i++)
        {
            if (char.IsControl(manager[i]))
            {
                errors.Invalid(path, manager, string.Create(CultureInfo.InvariantCulture, $"invalid character U+{(int)manager[i]:X4} (at position {i})"));
            }
        }
    }
}
