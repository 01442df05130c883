using System.Globalization;
using System.Runtime.CompilerServices;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Http;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.InProcess;

/// <summary>Calls without HTTP: authorized, admitted and stored like all others, with records by reference.</summary>
internal sealed class InProcessClient(InProcessParts parts, UserInfo user, string fieldManager) : IApiClient
{
    private const string ResourceVersionZero = "0";

    public async ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken)
    {
        ApiRequest request = Request("get", path, WriteRequest.Default);
        if (await AuthorizeAsync(request, cancellationToken) is { } forbidden)
        {
            return forbidden;
        }

        if (SpecialAt(path) is { } special)
        {
            return await special.CallAsync(request, null, cancellationToken);
        }

        ApiResult<StoredObject> found = await parts.Verbs.Reader.GetAsync(request, cancellationToken);
        return found.TryGet(out StoredObject? obj, out Status? error)
            ? ApiResult<IObject>.Of(path.Kind.FromStored(obj.Record))
            : error;
    }

    public async ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken)
    {
        ApiRequest call = Request("list", new(kind, @namespace, ""), WriteRequest.Default);
        (string, string) selectors = (request.FieldSelector, request.LabelSelector);
        if (await AuthorizeAsync(call, cancellationToken, selectors) is { } forbidden)
        {
            return forbidden;
        }

        if (SpecialAt(new(kind, @namespace, "")) is VirtualResource made)
        {
            return Query(kind, request).TryGet(out ListQuery? selection, out Status? wrong)
                ? made.List(kind, @namespace, selection)
                : wrong;
        }

        if (!Query(kind, request).TryGet(out ListQuery? query, out Status? error)
            || !(await parts.Verbs.Reader.ListAsync(call, query, cancellationToken)).TryGet(out ObjectPage page, out error))
        {
            return error;
        }

        IObject[] items = [.. page.Items.Select(obj => kind.FromStored(obj.Record))];
        return new ObjectList(items, page.Revision.ToString(CultureInfo.InvariantCulture), page.Continue);
    }

    public async ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        ApiRequest call = Request("create", path, request);
        if (await AuthorizeAsync(call, cancellationToken) is { } forbidden)
        {
            return forbidden;
        }

        if (SpecialAt(path) is { } special)
        {
            return await special.CallAsync(call, obj, cancellationToken);
        }

        return Record(
            path.Kind, await parts.Verbs.Writer.CreateAsync(call, path.Kind.SetDefaults(obj), cancellationToken));
    }

    public async ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        ApiRequest call = Request("update", path, request);
        if (await AuthorizeAsync(call, cancellationToken) is { } forbidden)
        {
            return forbidden;
        }

        if (SpecialAt(path) is { } special)
        {
            return await special.CallAsync(call, obj, cancellationToken);
        }

        return Record(path.Kind, await parts.Verbs.ReplaceAsync(call, path.Kind.SetDefaults(obj), cancellationToken));
    }

    public async ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken)
    {
        ApiRequest call = Request("patch", path, request);
        return await AuthorizeAsync(call, cancellationToken) is { } forbidden
            ? forbidden
            : Record(
                path.Kind, await parts.Verbs.Patches.PatchAsync(call, MediaTypeOf(type), patch, cancellationToken));
    }

    public async ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken)
    {
        ApiRequest call = Request("delete", path, new WriteRequest { DryRun = options.DryRun.Count > 0 });
        if (await AuthorizeAsync(call, cancellationToken) is { } forbidden)
        {
            return forbidden;
        }

        ApiResult<Deleted> result = await parts.Verbs.Deleter.DeleteAsync(call, options, cancellationToken);
        return result.TryGet(out Deleted deleted, out Status? error)
            ? new Deletion(deleted.Object, deleted.IsGone)
            : error;
    }

    public async ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request, CancellationToken cancellationToken)
    {
        ApiRequest call = Request("deletecollection", new(kind, @namespace, ""), WriteRequest.Default);
        (string, string) selectors = (request.FieldSelector, request.LabelSelector);
        if (await AuthorizeAsync(call, cancellationToken, selectors) is { } forbidden)
        {
            return forbidden;
        }

        if (!Query(kind, request).TryGet(out ListQuery? query, out Status? error)
            || !(await parts.Verbs.DeleteCollectionAsync(call, options, query, cancellationToken)).TryGet(out ObjectPage page, out error))
        {
            return error;
        }

        return page.Items.Count();
    }

    public async IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ApiRequest call = Request("watch", new(kind, @namespace, ""), WriteRequest.Default);
        (string, string) selectors = (request.FieldSelector, request.LabelSelector);
        Status? error = await AuthorizeAsync(call, cancellationToken, selectors);
        ObjectWatch? watch = null;
        if (error is null && WatchQuery(kind, request).TryGet(out ListQuery? query, out error))
        {
            (await parts.Verbs.Watches.OpenAsync(call, query, cancellationToken)).TryGet(out watch, out error);
        }

        if (error is not null)
        {
            yield return new(WatchNoticeType.Error, null, "", error);
            yield break;
        }

        List<WatchItem> items = [];
        while (true)
        {
            Task changed = watch!.Changed;
            items.Clear();
            watch.Read(items);
            foreach (WatchItem item in items)
            {
                yield return Notice(kind, item, request.MetadataOnly);
            }

            if (watch.IsLost)
            {
                yield return new(WatchNoticeType.Error, null, "", ApiErrors.Gone("the watch fell behind"));
                yield break;
            }

            if (!watch.HasMore)
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    private static WatchNotice Notice(ApiKind kind, WatchItem item, bool metadataOnly)
    {
        string version = item.Revision.ToString(CultureInfo.InvariantCulture);
        if (item.Object is null)
        {
            return new(item.EndsInitial ? WatchNoticeType.InitialEnd : WatchNoticeType.Bookmark, null, version);
        }

        IObject record = kind.FromStored(item.Object.Record);
        WatchNoticeType type = item.Type switch
        {
            WatchEventType.Added => WatchNoticeType.Added,
            WatchEventType.Modified => WatchNoticeType.Modified,
            _ => WatchNoticeType.Deleted,
        };
        return new(type, metadataOnly ? new PartialObjectMetadata { Metadata = record.Metadata } : record, version);
    }

    private static ApiResult<IObject> Record(ApiKind kind, ApiResult<Written> result) =>
        result.TryGet(out Written written, out Status? error)
            ? ApiResult<IObject>.Of(written.Record ?? kind.FromStored(written.Stored!.Record))
            : error;

    private static string MediaTypeOf(PatchType type) => type switch
    {
        PatchType.Json => "application/json-patch+json",
        PatchType.Merge => "application/merge-patch+json",
        PatchType.Strategic => "application/strategic-merge-patch+json",
        _ => "application/apply-patch+yaml",
    };

    private static ApiResult<ListQuery> Query(ApiKind kind, ListRequest request) =>
        ObjectFilter.Parse(kind, request.LabelSelector, request.FieldSelector).TryGet(
            out ObjectFilter? filter, out Status? error)
            ? new ListQuery
            {
                Filter = filter,
                Limit = request.Limit,
                Continue = request.Continue,
                ResourceVersion = request.ResourceVersion,
            }
            : error;

    private static ApiResult<ListQuery> WatchQuery(ApiKind kind, WatchRequest request)
    {
        if (!ObjectFilter.Parse(kind, request.LabelSelector, request.FieldSelector).TryGet(out ObjectFilter? filter, out Status? error))
        {
            return error;
        }

        return new ListQuery
        {
            Filter = filter,
            Watch = true,
            AllowBookmarks = request.AllowBookmarks,
            ResourceVersion = request.ResourceVersion == ResourceVersionZero ? "" : request.ResourceVersion,
            ResourceVersionMatch = request.SendInitialEvents ? "NotOlderThan" : "",
            SendInitialEvents = request.SendInitialEvents ? true : null,
        };
    }

    private ISpecialResource? SpecialAt(ObjectPath path) =>
        path.Subresource.Length == 0 && path.Kind.Info.StoragePrefix.Length > 0
        ? null
        : parts.Special.FirstOrDefault(one => one.Serves(path.Kind.Info, path.Subresource));

    /// <summary>
    /// Null, or why the request is refused. What selects a single object by its name is a request for that object, as
    /// over HTTP.
    /// </summary>
    private async ValueTask<Status?> AuthorizeAsync(
        ApiRequest request, CancellationToken cancellationToken, (string Fields, string Labels) selectors = default)
    {
        AuthorizationAttributes attributes = new AuthorizationAttributes
        {
            User = user,
            Verb = request.Verb,
            ApiGroup = request.Kind.Info.Group,
            ApiVersion = request.Kind.Info.Version,
            Resource = request.Kind.Info.Resource,
            Subresource = request.Subresource,
            Namespace = request.Namespace,
            Name = request.Name,
        }.WithSelectors(selectors.Fields ?? "", selectors.Labels ?? "");
        if (attributes.FieldRequirements.FirstOrDefault(
            static one => one is { Field: "metadata.name", IsNegated: false }) is { Value: { } name })
        {
            attributes = attributes with { Name = name };
        }

        AuthorizationDecision decision = await parts.Authorizer.AuthorizeAsync(attributes, cancellationToken);
        if (decision.Verdict == AuthorizationVerdict.Allow)
        {
            return null;
        }

        ForbiddenRequest refused = ForbiddenRequest.Of(attributes, decision.Reason);
        StatusDetails details = new() { Name = refused.Name, Group = refused.Group, Kind = refused.Resource };
        return ApiErrors.Make(403, "Forbidden", refused.Message, details);
    }

    private ApiRequest Request(string verb, ObjectPath path, WriteRequest options) => new()
    {
        User = user,
        Kind = path.Kind,
        Verb = verb,
        Now = Time.Now(parts.Clock),
        Namespace = path.Kind.Info.Namespaced ? path.Namespace : "",
        Name = path.Name,
        Subresource = path.Subresource,
        DryRun = options.DryRun,
        FieldManager = options.FieldManager.Length > 0 ? options.FieldManager : fieldManager,
        FieldValidation = FieldValidation.Strict,
        Force = options.Force,
    };
}
