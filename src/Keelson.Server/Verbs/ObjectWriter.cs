using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Admission;
using Keelson.Server.Authorization;
using Keelson.Server.Storage;

namespace Keelson.Server.Verbs;

/// <summary>What a write gives: the version now stored, or for a dry run the record as it would have been.</summary>
/// <param name="Stored">The stored version; null for a dry run.</param>
/// <param name="Record">The record of a dry run, or of a call that stores nothing.</param>
/// <param name="Created">True when the object is new.</param>
internal readonly record struct Written(StoredObject? Stored, IObject? Record, bool Created)
{
    /// <summary>The object, whichever way it came.</summary>
    public IObject Object => Record ?? Stored!.Record;
}

/// <summary>
/// Creates and updates objects: strategy, admission, validation, field ownership and the store's compare-and-set, in
/// upstream's order, for every kind alike.
/// </summary>
internal sealed partial class ObjectWriter(
    ObjectStorage storage, AdmissionChain admission, FieldOwnership ownership, Random random)
{
    /// <summary>How often a generated name is drawn anew when it is taken.</summary>
    private const int NameAttempts = 8;

    /// <summary>
    /// How often a change is computed anew when somebody wrote in between. Each round means that another writer made
    /// progress, so many rounds are a sign of a busy object, not of a fault.
    /// </summary>
    private const int UpdateAttempts = 100;

    /// <summary>
    /// Changes an object. <paramref name="change"/> computes the new record from the stored one; it runs anew when
    /// somebody wrote in between. Where the object is missing it gets null, if the kind may be created that way.
    /// </summary>
    /// <param name="request">The call.</param>
    /// <param name="change">(stored record or null) → the new record.</param>
    /// <param name="retries">False when a conflict is the caller's to see at once.</param>
    /// <param name="allowCreate">True when a missing object may be created.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async ValueTask<ApiResult<Written>> UpdateAsync(
        ApiRequest request,
        Func<IObject?, ValueTask<ApiResult<IObject>>> change,
        bool retries,
        bool allowCreate,
        CancellationToken cancellationToken)
    {
        ObjectCache cache = storage.CacheOf(request.Kind);
        string key = cache.KeyOf(request.Namespace, request.Name);
        await storage.CatchUpAsync(cancellationToken);
        StoredObject? current = cache.Snapshot.Find(key);
        for (int attempt = 1; ; attempt++)
        {
            if (current is null && !allowCreate)
            {
                return ApiErrors.NotFound(request.Kind.Info, request.Name);
            }

            IObject? old = current is null ? null : request.Kind.FromStored(current.Record);
            ApiResult<IObject> changed = await change(old);
            if (!changed.TryGet(out IObject? obj, out Status? error))
            {
                return error;
            }

            if (old is null)
            {
                bool applied = obj.Metadata.ManagedFields.Count > 0 && request.Verb == "patch";
                return await RefuseCreationAsync(request, cancellationToken) is { } forbidden
                    ? forbidden
                    : await CreateAsync(
                        request,
                        obj.WithMetadata(obj.Metadata with { ResourceVersion = "" }),
                        applied,
                        cancellationToken);
            }

            UpdateStep step = await UpdateOnceAsync(request, cache, current!, old, obj, cancellationToken);
            if (step.Result is { } result)
            {
                return result;
            }

            if (!retries && obj.Metadata.ResourceVersion.Length > 0)
            {
                return ApiErrors.Modified(request.Kind.Info, request.Name);
            }

            if (attempt == UpdateAttempts)
            {
                return ApiErrors.Modified(request.Kind.Info, request.Name);
            }

            cancellationToken.ThrowIfCancellationRequested();
            current = step.Current;
        }
    }

    /// <summary>Who may update need not be allowed to create what is not there yet.</summary>
    private async ValueTask<Status?> RefuseCreationAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (Authorizer is null)
        {
            return null;
        }

        KindInfo info = request.Kind.Info;
        AuthorizationAttributes attributes = new()
        {
            User = request.User,
            Verb = "create",
            ApiGroup = info.Group,
            ApiVersion = info.Version,
            Resource = info.Resource,
            Subresource = request.Subresource,
            Namespace = request.Namespace,
            Name = request.Name,
        };
        AuthorizationDecision decision = await Authorizer.AuthorizeAsync(attributes, cancellationToken);
        if (decision.IsAllowed)
        {
            return null;
        }

        ForbiddenRequest forbidden = ForbiddenRequest.Of(attributes, decision.Reason);
        return ApiErrors.Make(
            403,
            "Forbidden",
            forbidden.Message,
            new StatusDetails { Name = forbidden.Name, Group = forbidden.Group, Kind = forbidden.Resource });
    }

    private static Status? CheckNamespace(ApiRequest request, ref IObject obj)
    {
        ObjectMeta meta = obj.Metadata;
        if (!request.Kind.Info.Namespaced)
        {
            if (meta.Namespace.Length > 0)
            {
                obj = obj.WithMetadata(meta with { Namespace = "" });
            }

            return null;
        }

        if (meta.Namespace.Length == 0)
        {
            obj = obj.WithMetadata(meta with { Namespace = request.Namespace });
            return null;
        }

        return meta.Namespace == request.Namespace
            ? null
            : ApiErrors.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request");
    }

    private async ValueTask<UpdateStep> UpdateOnceAsync(
        ApiRequest request,
        ObjectCache cache,
        StoredObject current,
        IObject old,
        IObject obj,
        CancellationToken cancellationToken)
    {
        ApiKind kind = request.Kind;
        if (CheckNamespace(request, ref obj) is { } mismatch)
        {
            return new(mismatch, null);
        }

        if (CheckVersion(request, current, old, ref obj) is { } stale)
        {
            return new(stale, null);
        }

        // A binding has been admitted as such before.
        bool binds = request.Subresource == "binding";
        AdmissionContext context = new(request, AdmissionOperation.Update, obj, old);
        if (!binds && await admission.AdmitAsync(context, cancellationToken) is { } refused)
        {
            return new(refused, null);
        }

        obj = OwnerReferences.Distinct(request, context.Object!, afterAdmission: true);
        ObjectMeta meta = obj.Metadata;
        obj = obj.WithMetadata(meta with
        {
            Generation = old.Metadata.Generation,
            SelfLink = "",
            Uid = meta.Uid.Length == 0 ? old.Metadata.Uid : meta.Uid,
            CreationTimestamp = meta.CreationTimestamp.IsZero ? old.Metadata.CreationTimestamp : meta.CreationTimestamp,
            DeletionTimestamp = meta.DeletionTimestamp ?? old.Metadata.DeletionTimestamp,
            DeletionGracePeriodSeconds = meta.DeletionGracePeriodSeconds ?? old.Metadata.DeletionGracePeriodSeconds,
        });
        ApiSubresource? part = kind.Subresources.FirstOrDefault(one => one.Name == request.Subresource);
        if (!binds)
        {
            obj = part is null
                ? kind.PrepareForUpdate(obj, old, request.WriteContext)
                : part.Prepare(obj, old, request.WriteContext);
        }

        return await GuardedAsync(
            request,
            obj,
            old,
            one => CheckAndStoreChangeAsync(request, context, cache, current, one, cancellationToken),
            cancellationToken);
    }

    private async ValueTask<UpdateStep> CheckAndStoreChangeAsync(
        ApiRequest request,
        AdmissionContext context,
        ObjectCache cache,
        StoredObject current,
        IObject obj,
        CancellationToken cancellationToken)
    {
        ApiKind kind = request.Kind;
        IObject old = context.OldObject!;
        bool binds = request.Subresource == "binding";
        ApiSubresource? part = kind.Subresources.FirstOrDefault(one => one.Name == request.Subresource);
        FieldErrors errors = new();

        // The kind checks metadata on its own account, too; clients see a cause as often as it was found.
        ObjectMetaRules.ValidateGeneric(
            obj.Metadata, kind.Info.Namespaced, NameRules.PathSegment, ObjectMetaRules.Path, errors);
        ObjectMetaRules.ValidateUpdateGeneric(obj.Metadata, old.Metadata, ObjectMetaRules.Path, errors);
        if (part is null && !binds)
        {
            kind.ValidateUpdate(obj, old, errors);
        }
        else if (part is not null)
        {
            part.Validate(obj, old, errors);
        }

        if (errors.Count > 0)
        {
            return new(ApiErrors.Invalid(kind.Stored.Info.Group, kind.Info.Kind, obj.Metadata.Name, errors), null);
        }

        foreach (string warning in part is null ? kind.Warnings(obj, old) : part.Warnings(obj))
        {
            request.Warn(warning);
        }

        context.Object = obj;
        if (!binds && await admission.ValidateAsync(context, cancellationToken) is { } notValid)
        {
            return new(notValid, null);
        }

        return await StoreChangeAsync(request, cache, current, old, context.Object!, cancellationToken);
    }

    /// <summary>
    /// Stores a changed object, unless nothing changed; takes it away when it was only waiting for its last finalizer.
    /// </summary>
    private async ValueTask<UpdateStep> StoreChangeAsync(
        ApiRequest request,
        ObjectCache cache,
        StoredObject current,
        IObject old,
        IObject obj,
        CancellationToken cancellationToken)
    {
        bool goes =
            obj.Metadata is { DeletionTimestamp: not null, DeletionGracePeriodSeconds: 0 or null, Finalizers.Count: 0 }
            && (old.Metadata.DeletionGracePeriodSeconds ?? 0) == 0
            && !KeepsUntilFinalized(request.Kind, obj);
        if (goes && !request.DryRun)
        {
            WriteOutcome deleted = await storage.DeleteAsync(cache, current, cancellationToken);
            if (deleted.Written is not null && Guards.FirstOrDefault(one => one.Guards(request.Kind, "")) is { } guard)
            {
                await guard.DeletedAsync(old, cancellationToken);
            }

            return deleted switch
            {
                { Written: not null } => new(new Written(null, obj, false), null),
                { Error: { } error } => new(error, null),
                _ => new(null, deleted.Current),
            };
        }

        if (request.DryRun)
        {
            return new(new Written(null, obj, false), null);
        }

        IObject stored = request.Kind.ToStored(obj);
        byte[] json = StoredForm.Encode(stored);
        if (ChangesNothing(request.Kind, stored, json, old, current))
        {
            return new(new Written(current, null, false), null);
        }

        WriteOutcome outcome = await storage.PutAsync(
            cache,
            current.Key,
            stored,
            json,
            current.Revision,
            await LeaseOfAsync(obj, cancellationToken),
            cancellationToken);
        return outcome switch
        {
            { Written: { } written } => new(new Written(written, null, false), null),
            { Error: { } error } => new(error, null),
            _ => new(null, outcome.Current),
        };
    }

    /// <summary>
    /// True when what would be stored is what is stored, times of managed fields aside: such a write makes no new
    /// version.
    /// </summary>
    private static bool ChangesNothing(
        ApiKind kind, IObject stored, byte[] json, IObject old, StoredObject current)
    {
        ApiList<ManagedFieldsEntry> entries = old.Metadata.ManagedFields;
        if (kind != kind.Stored || entries.Count == 0)
        {
            return json.AsSpan().SequenceEqual(current.Json);
        }

        // Times are equally long, where there are any: another length tells of another change.
        if (json.Length != current.Json.Length && entries.All(static one => one.Time is not null))
        {
            return false;
        }

        ApiList<ManagedFieldsEntry> kept = FieldOwnership.KeepTimes(entries, stored.Metadata.ManagedFields);
        return StoredForm.Encode(stored.WithMetadata(stored.Metadata with { ManagedFields = kept })).AsSpan()
            .SequenceEqual(current.Json);
    }

    /// <summary>A namespace also has finalizers in its spec, and goes only when those are gone.</summary>
    private static bool KeepsUntilFinalized(ApiKind kind, IObject obj) =>
        obj is Api.Core.V1.Namespace { Spec.Finalizers.Count: > 0 } && kind.Info.Resource == "namespaces";

    private static Status? CheckVersion(ApiRequest request, StoredObject current, IObject old, ref IObject obj)
    {
        ObjectMeta meta = obj.Metadata;
        if (meta.ResourceVersion is "" or "0")
        {
            if (!request.Kind.AllowUnconditionalUpdate && request.Verb is ("update" or "patch"))
            {
                FieldErrors errors = new();
                errors.InvalidRaw(
                    FieldPath.Of("metadata").Child("resourceVersion"), "0", "must be specified for an update");
                return ApiErrors.Invalid(request.Kind.Info.Group, request.Kind.Info.Resource, request.Name, errors);
            }

            obj = obj.WithMetadata(meta with { ResourceVersion = old.Metadata.ResourceVersion });
            return null;
        }

        if (!long.TryParse(meta.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out long version))
        {
            return ApiErrors.Unclassified(GoNumbers.UnsignedError(meta.ResourceVersion));
        }

        return version == current.Revision ? null : ApiErrors.Modified(request.Kind.Info, request.Name);
    }

    /// <summary>Events go away on their own, as with upstream's event TTL.</summary>
    private ValueTask<long> LeaseOfAsync(IObject obj, CancellationToken cancellationToken) =>
        obj.KindInfo is { Kind: "Event" } && EventLease is not null ? EventLease(cancellationToken) : default;

    /// <summary>Decides who may create by way of an update; null allows everybody.</summary>
    public IAuthorizer? Authorizer { get; set; }

    /// <summary>Gives the store's lease that events hang on; null when they are kept for good.</summary>
    public Func<CancellationToken, ValueTask<long>>? EventLease { get; init; }

    private readonly record struct UpdateStep(ApiResult<Written>? Result, StoredObject? Current);
}
