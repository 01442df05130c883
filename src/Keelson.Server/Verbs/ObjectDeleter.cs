using System.Globalization;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Admission;
using Keelson.Server.Storage;

namespace Keelson.Server.Verbs;

/// <summary>How a deletion ended.</summary>
/// <param name="Object">The object as it was last, or as it is while it waits; of a dry run, as it would have
/// been.</param>
/// <param name="IsGone">False while finalizers or a grace period keep it.</param>
/// <param name="Stored">The stored version, when there is one with just this content.</param>
internal readonly record struct Deleted(IObject Object, bool IsGone, StoredObject? Stored = null);

/// <summary>
/// Deletes objects: preconditions, finalizers by propagation policy, grace periods. What may not go at once is marked
/// and waits.
/// </summary>
internal sealed class ObjectDeleter(ObjectStorage storage, AdmissionChain admission)
{
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

        if (options is { PropagationPolicy: null, OrphanDependents: null }
            && request.Kind.DefaultPropagationWarning is { } warning)
        {
            request.Warn(warning);
        }

        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            if (current is null)
            {
                return ApiErrors.NotFound(request.Kind.Info, request.Name);
            }

            (ApiResult<Deleted>? result, StoredObject? newer) = await DeleteOnceAsync(
                request, cache, current, options, cancellationToken);
            if (result is { } done)
            {
                return done;
            }

            current = newer;
        }

        return ApiErrors.Modified(request.Kind.Info, request.Name);
    }

    /// <summary>What is wrong with options; null when nothing is.</summary>
    public static Status? CheckOptions(DeleteOptions options)
    {
        FieldErrors errors = new();
        if (options.OrphanDependents is not null && options.PropagationPolicy is not null)
        {
            errors.Invalid(
                FieldPath.Of("propagationPolicy"),
                options.PropagationPolicy,
                "orphanDependents and deletionPropagation cannot be both set");
        }

        if (options.PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
        {
            errors.NotSupported(
                FieldPath.Of("propagationPolicy"),
                options.PropagationPolicy,
                "Foreground",
                "Background",
                "Orphan",
                "nil");
        }

        OptionErrors.DryRun(options.DryRun, errors);
        CheckIgnoringReadErrors(options, errors);
        return errors.Count == 0 ? null : ApiErrors.Invalid("meta.k8s.io", "DeleteOptions", "", errors);
    }

    /// <summary>What can't be read can't be checked, either: whoever wants it gone may ask for nothing else.</summary>
    private static void CheckIgnoringReadErrors(DeleteOptions options, FieldErrors errors)
    {
        if (options.IgnoreStoreReadErrorWithClusterBreakingPotential != true)
        {
            return;
        }

        FieldPath path = FieldPath.Of("ignoreStoreReadErrorWithClusterBreakingPotential");
        (bool IsSet, string Name)[] others =
        [
            (options.DryRun.Count > 0, "dryRun"),
            (options.PropagationPolicy is not null, "propagationPolicy"),
            (options.OrphanDependents is not null, "orphanDependents"),
            (options.GracePeriodSeconds is not null, "gracePeriodSeconds"),
            (options.Preconditions is not null, "preconditions"),
        ];
        foreach ((_, string name) in others.Where(other => other.IsSet))
        {
            errors.Invalid(path, true, "cannot be set together with ." + name);
        }
    }

    /// <summary>Why the object is not the one that a deletion means; null when it is.</summary>
    public static Status? CheckPreconditions(ApiRequest request, Preconditions? preconditions, ObjectMeta meta)
    {
        if (preconditions is null)
        {
            return null;
        }

        KindInfo info = request.Kind.Info;
        bool otherUid = preconditions.Uid is { } uid && uid != meta.Uid;
        bool otherVersion = preconditions.ResourceVersion is { } version && version != meta.ResourceVersion;
        if (!otherUid && !otherVersion)
        {
            return null;
        }

        if (info is { Resource: "namespaces", Group.Length: 0 })
        {
            return ApiErrors.Conflict(info, request.Name, otherUid
                ? $"Precondition failed: UID in precondition: {preconditions.Uid}, UID in object meta: {meta.Uid}"
                : $"Precondition failed: ResourceVersion in precondition: {preconditions.ResourceVersion}, ResourceVersion in object meta: {meta.ResourceVersion}");
        }

        // Upstream names the kind here where other conflicts name the resource.
        KindInfo named = new(info.Group, info.Version, info.Kind, info.Kind);
        return ApiErrors.Conflict(named, request.Name, otherUid
            ? $"the UID in the precondition ({preconditions.Uid}) does not match the UID in record ({meta.Uid}). The object might have been deleted and then recreated"
            : $"the ResourceVersion in the precondition ({preconditions.ResourceVersion}) does not match the ResourceVersion in record ({meta.ResourceVersion}). The object might have been modified");
    }

    private async ValueTask<(ApiResult<Deleted>? Result, StoredObject? Newer)> DeleteOnceAsync(
        ApiRequest request, ObjectCache cache, StoredObject current, DeleteOptions options, CancellationToken cancellationToken)
    {
        IObject old = request.Kind.FromStored(current.Record);
        if (CheckPreconditions(request, options.Preconditions, old.Metadata) is { } failed)
        {
            return (failed, null);
        }

        DeletionPlan plan = DeletionPlan.Make(request.Kind, old, options, request.Now);
        if (plan is { Marked: null, Goes: false })
        {
            return (new Deleted(old, false, current), null);
        }

        AdmissionContext context = new(request, AdmissionOperation.Delete, null, old) { DeleteOptions = options };
        if ((await admission.AdmitAsync(context, cancellationToken) ?? await admission.ValidateAsync(context, cancellationToken)) is { } refused)
        {
            return (refused, null);
        }

        if (old is Namespace { Metadata.DeletionTimestamp: null } lives)
        {
            Namespace ending = lives with
            {
                Metadata = DeletionPlan.WithFinalizers(request.Kind, lives.Metadata, options) with { DeletionTimestamp = request.Now },
                Status = lives.Status with { Phase = NamespacePhase.Terminating },
            };
            return await StoreMarkedAsync(request, cache, current, ending, cancellationToken);
        }

        // A namespace first shows that it ends; what is in it goes next, and it itself when its spec's finalizers are
        // gone.
        if (old is Namespace { Spec.Finalizers.Count: > 0 })
        {
            return (new Deleted(old, false, current), null);
        }

        IObject last = old;
        StoredObject stored = current;
        if (plan.Marked is { } marked)
        {
            (ApiResult<Deleted>? result, StoredObject? newer) = await StoreMarkedAsync(
                request, cache, current, old.WithMetadata(marked), cancellationToken);
            if (!plan.Goes || result?.Error is not null || result is null)
            {
                return (result, newer);
            }

            last = result.Value.Value.Object;
            stored = result.Value.Value.Stored ?? current;
        }

        return request.DryRun
            ? (new Deleted(last, true), null)
            : await RemoveAsync(request, cache, stored, isMarked: plan.Marked is not null, cancellationToken);
    }

    /// <summary>
    /// Takes an object out of the store. One that was marked by this deletion may be gone already, or have been written
    /// once more by whoever saw the mark.
    /// </summary>
    private async ValueTask<(ApiResult<Deleted>? Result, StoredObject? Newer)> RemoveAsync(
        ApiRequest request, ObjectCache cache, StoredObject stored, bool isMarked, CancellationToken cancellationToken)
    {
        WriteOutcome outcome = await storage.DeleteAsync(cache, stored, cancellationToken);
        while (isMarked && outcome is { Written: null, Error: null } && IsSame(outcome.Current, stored))
        {
            stored = outcome.Current!;
            outcome = await storage.DeleteAsync(cache, stored, cancellationToken);
        }

        if (outcome.Error is { } error)
        {
            return (error, null);
        }

        if (outcome.Written is null && !isMarked)
        {
            return (null, outcome.Current);
        }

        StoredObject last = outcome.Written ?? stored;
        IObject record = request.Kind.FromStored(last.Record);
        if (outcome.Written is not null && Guards.FirstOrDefault(one => one.Guards(request.Kind, "")) is { } guard)
        {
            await guard.DeletedAsync(record, cancellationToken);
        }

        return (new Deleted(record, true, last), null);
    }

    private static bool IsSame(StoredObject? current, StoredObject stored) =>
        current?.Record.Metadata is { Finalizers.Count: 0 } meta && meta.Uid == stored.Record.Metadata.Uid;

    private async ValueTask<(ApiResult<Deleted>? Result, StoredObject? Newer)> StoreMarkedAsync(
        ApiRequest request, ObjectCache cache, StoredObject current, IObject marked, CancellationToken cancellationToken)
    {
        if (request.DryRun)
        {
            return (new Deleted(marked, false), null);
        }

        if (marked.Metadata == current.Record.Metadata)
        {
            return (new Deleted(marked, false, current), null);
        }

        WriteOutcome outcome = await storage.PutAsync(
            cache, current.Key, request.Kind.ToStored(marked), current.Revision, 0, cancellationToken);
        return outcome switch
        {
            { Written: { } written } => (new Deleted(request.Kind.FromStored(written.Record), false, written), null),
            { Error: { } error } => (error, null),
            _ => (null, outcome.Current),
        };
    }
}

/// <summary>Checks that several verbs' options share.</summary>
internal static class OptionErrors
{
    /// <summary>The most bytes of a manager's name.</summary>
    private const int LongestManager = 128;

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
        if (Encoding.UTF8.GetByteCount(manager) > LongestManager)
        {
            errors.TooLong(path, LongestManager);
        }

        int position = 0;
        foreach (Rune one in manager.EnumerateRunes())
        {
            if (!IsPrintable(one))
            {
                errors.Invalid(path, manager, string.Create(
                    CultureInfo.InvariantCulture, $"invalid character U+{one.Value:X4} (at position {position})"));
            }

            position += one.Utf8SequenceLength;
        }
    }

    /// <summary>What Go takes for printable: everything that is seen, and of the spaces only the usual one.</summary>
    public static bool IsPrintable(Rune one) => one.Value == ' ' || Rune.GetUnicodeCategory(one)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>The first part of a user agent as the name of a manager: what is printable, as far as it fits.</summary>
    public static string ManagerOf(string userAgent)
    {
        StringBuilder manager = new();
        int length = 0;
        foreach (Rune one in userAgent.Split('/')[0].EnumerateRunes())
        {
            if (!IsPrintable(one))
            {
                continue;
            }

            length += one.Utf8SequenceLength;
            if (length > LongestManager)
            {
                break;
            }

            manager.Append(one.ToString());
        }

        return manager.Length == 0 ? "unknown" : manager.ToString();
    }
}
