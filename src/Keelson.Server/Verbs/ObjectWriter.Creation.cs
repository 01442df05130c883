using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Admission;
using Keelson.Server.Storage;

namespace Keelson.Server.Verbs;

/// <summary>How new objects come to be stored.</summary>
internal sealed partial class ObjectWriter
{
    /// <summary>Stores a new object.</summary>
    public ValueTask<ApiResult<Written>> CreateAsync(
        ApiRequest request, IObject obj, CancellationToken cancellationToken) =>
        CreateAsync(request, obj, ownsFields: false, cancellationToken);

    private async ValueTask<ApiResult<Written>> CreateAsync(
        ApiRequest request, IObject obj, bool ownsFields, CancellationToken cancellationToken)
    {
        KindInfo info = request.Kind.Info;
        if (CheckNamespace(request, ref obj) is { } mismatch)
        {
            return mismatch;
        }

        bool generated = obj.Metadata.Name.Length == 0 && obj.Metadata.GenerateName.Length > 0;
        obj = WithoutSystemFields(obj);
        obj = ownsFields
            ? obj
            : ownership.OnCreate(request, OwnerReferences.Distinct(request, obj, afterAdmission: false));
        AdmissionContext context = new(request, AdmissionOperation.Create, obj, null);
        if (await admission.AdmitAsync(context, cancellationToken) is { } refused)
        {
            return refused;
        }

        IObject admitted = OwnerReferences.Distinct(request, context.Object!, afterAdmission: true);
        for (int attempt = 1; ; attempt++)
        {
            UpdateStep step = await StoreNewAsync(request, context, admitted, cancellationToken);
            ApiResult<Written> written = step.Result!.Value;
            bool nameTaken = generated && written.Error is { Code: 409, Reason: "AlreadyExists" };
            if (!nameTaken || attempt == NameAttempts)
            {
                string start = $"{info.GroupResource} \"{obj.Metadata.GenerateName}\" already exists";
                return nameTaken
                    ? written.Error! with
                    {
                        Message = $"{start}, the server was not able to generate a unique name for the object",
                    }
                    : written;
            }
        }
    }

    /// <summary>What only the server sets is dropped before anyone can come to own it.</summary>
    private static IObject WithoutSystemFields(IObject obj) => obj.WithMetadata(obj.Metadata with
    {
        SelfLink = "",
        Uid = "",
        CreationTimestamp = default,
        DeletionTimestamp = null,
        DeletionGracePeriodSeconds = null,
    });

    private ValueTask<UpdateStep> StoreNewAsync(
        ApiRequest request, AdmissionContext context, IObject admitted, CancellationToken cancellationToken)
    {
        ApiKind kind = request.Kind;
        ObjectMeta meta = admitted.Metadata;
        string name = meta.Name.Length == 0 && meta.GenerateName.Length > 0
            ? GeneratedName.From(meta.GenerateName, random)
            : meta.Name;
        IObject obj = kind.PrepareForCreate(
            admitted.WithMetadata(meta with
            {
                Name = name,
                SelfLink = "",
                Uid = Guid.NewGuid().ToString(),
                CreationTimestamp = request.Now,
                DeletionTimestamp = null,
                DeletionGracePeriodSeconds = null,
            }),
            request.WriteContext);
        return GuardedAsync(
            request,
            obj,
            null,
            one => CheckAndStoreNewAsync(request, context, one, cancellationToken),
            cancellationToken);
    }

    private async ValueTask<UpdateStep> CheckAndStoreNewAsync(
        ApiRequest request, AdmissionContext context, IObject obj, CancellationToken cancellationToken)
    {
        ApiKind kind = request.Kind;
        FieldErrors errors = new();
        ObjectMetaRules.Validate(obj.Metadata, kind.Info.Namespaced, kind.NameErrors, FieldPath.Of("metadata"), errors);
        kind.Validate(obj, errors);
        if (errors.Count > 0)
        {
            return new(ApiErrors.Invalid(kind.Stored.Info.Group, kind.Info.Kind, obj.Metadata.Name, errors), null);
        }

        foreach (string warning in kind.Warnings(obj, null))
        {
            request.Warn(warning);
        }

        context.Object = obj;
        if (await admission.ValidateAsync(context, cancellationToken) is { } refused)
        {
            return new(refused, null);
        }

        obj = context.Object!;
        string given = obj.Metadata.ResourceVersion;
        if (ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out ulong version) && version > 0)
        {
            return new(ApiErrors.Unclassified("resourceVersion should not be set on objects to be created"), null);
        }

        ObjectCache cache = storage.CacheOf(kind);
        string key = cache.KeyOf(obj.Metadata.Namespace, obj.Metadata.Name);
        if (request.DryRun)
        {
            return cache.Snapshot.Find(key) is { } taken
                ? Taken(request, taken)
                : new(new Written(null, obj, true), null);
        }

        WriteOutcome outcome = await storage.PutAsync(
            cache, key, kind.ToStored(obj), 0, await LeaseOfAsync(obj, cancellationToken), cancellationToken);
        return outcome switch
        {
            { Written: { } written } => new(new Written(written, null, true), null),
            { Error: { } error } => new(error, null),
            _ => Taken(request, outcome.Current),
        };

        UpdateStep Taken(ApiRequest call, StoredObject? there) => new(
            there?.Record.Metadata.DeletionTimestamp is not null
                ? ApiErrors.BeingDeleted(call.Kind.Info, obj.Metadata.Name)
                : ApiErrors.AlreadyExists(call.Kind.Info, obj.Metadata.Name),
            null);
    }
}
