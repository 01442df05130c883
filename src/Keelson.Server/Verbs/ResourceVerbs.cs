using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Admission;
using Keelson.Server.Storage;

namespace Keelson.Server.Verbs;

/// <summary>The verbs that every stored kind has, ready to be called over HTTP or in process.</summary>
internal sealed class ResourceVerbs
{
    /// <summary>Deletions of a collection that run side by side, so that they share the store's group
    /// commits.</summary>
    private const int DeletionWorkers = 64;

    private readonly FieldOwnership _ownership = new();

    public ResourceVerbs(ObjectStorage storage, AdmissionChain admission, Random random, Func<CancellationToken, ValueTask<long>>? eventLease = null)
    {
        Storage = storage;
        Reader = new(storage);
        Writer = new(storage, admission, _ownership, random) { EventLease = eventLease };
        Deleter = new(storage, admission);
        Patches = new(Writer, _ownership);
        Watches = new(storage);
    }

    /// <summary>The storage below.</summary>
    public ObjectStorage Storage { get; }

    /// <summary>get and list.</summary>
    public ObjectReader Reader { get; }

    /// <summary>create and update.</summary>
    public ObjectWriter Writer { get; }

    /// <summary>delete.</summary>
    public ObjectDeleter Deleter { get; }

    /// <summary>patch.</summary>
    public PatchVerb Patches { get; }

    /// <summary>watch.</summary>
    public WatchVerb Watches { get; }

    /// <summary>Sets what kinds need from the server around their writes.</summary>
    public void Guard(params IReadOnlyList<IWriteGuard> guards)
    {
        Writer.Guards = guards;
        Deleter.Guards = guards;
    }

    /// <summary>Field ownership, for subresources that write in a way of their own.</summary>
    public FieldOwnership Ownership => _ownership;

    /// <summary>Replaces an object by the one sent (PUT).</summary>
    public ValueTask<ApiResult<Written>> ReplaceAsync(
        ApiRequest request, IObject obj, CancellationToken cancellationToken)
    {
        if (RequestedName.Check(request, obj) is { } mismatch)
        {
            return new(mismatch);
        }

        obj = OwnerReferences.Distinct(request, obj, afterAdmission: false);
        // Without a version to hold on to, a PUT is meant to win over whoever wrote in between.
        bool unconditional = obj.Metadata.ResourceVersion is "" or "0";
        bool allowCreate = request.Kind.AllowCreateOnUpdate && request.Subresource.Length == 0;
        return Writer.UpdateAsync(
            request,
            old => new(CheckUid(request, obj, old) is { } other ? other
                : ApiResult<IObject>.Of(old is null ? obj : _ownership.OnUpdate(request, old, obj))),
            retries: unconditional,
            allowCreate || obj.Metadata.Uid.Length > 0,
            cancellationToken);
    }

    /// <summary>
    /// A PUT that names a uid is for that very object. Upstream's storage says so, and it does before it says that
    /// there is none.
    /// </summary>
    public Status? CheckUid(ApiRequest request, IObject sent, IObject? old)
    {
        string uid = sent.Metadata.Uid;
        string found = old?.Metadata.Uid ?? "";
        if (uid.Length == 0 || uid == found)
        {
            return null;
        }

        return FailedPrecondition(request, "UID", uid, found);
    }

    /// <summary>What upstream's storage says of an object that is not the one that was meant.</summary>
    public Status FailedPrecondition(ApiRequest request, string field, string wanted, string found)
    {
        string key = Storage.CacheOf(request.Kind).KeyOf(request.Namespace, request.Name);
        return ApiErrors.Conflict(
            request.Kind.Info,
            request.Name,
            $"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: "
                + $"Precondition failed: {field} in precondition: {wanted}, {field} in object meta: {found}");
    }

    /// <summary>Deletes what a list shows; the page it returns holds the objects as they were last.</summary>
    public async ValueTask<ApiResult<ObjectPage>> DeleteCollectionAsync(
        ApiRequest request, DeleteOptions options, ListQuery query, CancellationToken cancellationToken)
    {
        // Wrong options are told even where there is nothing to delete.
        if ((query.Check() ?? ObjectDeleter.CheckOptions(options)) is { } invalid)
        {
            return invalid;
        }

        if (!(await Reader.ListAsync(request, query, cancellationToken)).TryGet(out ObjectPage page, out Status? error))
        {
            return error;
        }

        if (options is { PropagationPolicy: null, OrphanDependents: null }
            && request.Kind.DefaultPropagationWarning is { } warning)
        {
            request.Warn(warning);
        }

        StoredObject[] objects = [.. page.Items];
        ObjectCache cache = Storage.CacheOf(request.Kind);
        int next = -1;
        Status? failure = null;
        async Task WorkAsync()
        {
            while (failure is null)
            {
                int index = Interlocked.Increment(ref next);
                if (index >= objects.Length)
                {
                    return;
                }

                ApiRequest one = One(request, objects[index]);
                ApiResult<Deleted> deleted = await Deleter.DeleteAsync(
                    one, cache, objects[index], options, cancellationToken);
                if (deleted.Error is { Code: not 404 } refused)
                {
                    failure = refused;
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(DeletionWorkers, objects.Length)).Select(_ => WorkAsync()));
        return failure is null ? page with { Items = objects } : failure;
    }

    private static ApiRequest One(ApiRequest request, StoredObject obj) => new()
    {
        User = request.User,
        Kind = request.Kind,
        Verb = request.Verb,
        Now = request.Now,
        Namespace = obj.Namespace,
        Name = obj.Name,
        DryRun = request.DryRun,
    };
}
