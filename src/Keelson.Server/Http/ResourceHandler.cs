using System.Globalization;
using System.IO.Pipelines;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Server.Authentication;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>
/// Serves the verbs of the stored kinds over HTTP: reads options and body, calls the verb, writes the answer. Kinds and
/// subresources with a behaviour of their own are in <see cref="ISpecialResource"/>s.
/// </summary>
internal sealed class ResourceHandler(
    ResourceVerbs verbs, ApiServerConfig config, IReadOnlyList<ISpecialResource> special)
{
    private readonly TimeProvider clock = config.Clock;

    private readonly Dictionary<(string, string, string), ApiKind> _kinds = config.ServedKinds
        .Where(kind => kind.Info.Resource.Length > 0)
        .ToDictionary(kind => (kind.Info.Group, kind.Info.Version, kind.Info.Resource));

    private readonly HashSet<(string, string)> _versions = [.. config.ServedKinds.Where(kind => kind.Info.Resource.Length > 0).Select(kind => (kind.Info.Group, kind.Info.Version))];

    /// <summary>The kind at a group, version and resource.</summary>
    public ApiKind? Find(string group, string version, string resource) =>
        _kinds.GetValueOrDefault((group, version, resource));

    /// <summary>Serves a request; false when its group is none of this server's.</summary>
    public async Task<bool> TryHandleAsync(HttpContext http, RequestInfo info, UserInfo user)
    {
        if (!_versions.Any(one => one.Item1 == info.Group))
        {
            return false;
        }

        if (Find(info.Group, info.Version, info.Resource) is not { } kind)
        {
            await AnswerWriter.WriteStatusAsync(http, ApiErrors.NoSuchResource());
            return true;
        }

        ISpecialResource? owner = special.FirstOrDefault(one => one.Serves(kind.Info, info.Subresource));
        if (ResourceRoute.Check(http.Request, info, kind, owner) is { } refused)
        {
            await AnswerWriter.WriteStatusAsync(http, refused);
            return true;
        }

        ApiResult<MediaType> negotiated = MediaType.Negotiate(
            http.Request.Headers.Accept.ToString(),
            info.Verb is "list" or "watch",
            hasTables: kind.Info.Verbs is not ["create"] || info.Subresource.Length > 0);
        bool isConnection = info.Subresource is "proxy" or "exec" or "attach" or "portforward" or "log";
        if (!isConnection && !negotiated.TryGet(out _, out Status? notAcceptable))
        {
            await AnswerWriter.WriteStatusAsync(http, notAcceptable);
            return true;
        }

        if (kind.Deprecation is { } deprecation)
        {
            http.Response.Headers.Append("Warning", WarningHeader.Format(deprecation));
        }

        ResourceCall call = new(http, info, kind, user, negotiated.Error is null ? negotiated.Value : default, clock);
        if (owner is not null)
        {
            await owner.ServeAsync(call);
            return true;
        }

        await (ResourceRoute.CheckNames(info, kind) is { } unnamed ? call.WriteAsync(unnamed) : ServeAsync(call));
        return true;
    }

    private Task ServeAsync(ResourceCall call) => call.Info.Verb switch
    {
        "get" => GetAsync(call),
        "list" => ListAsync(call),
        "watch" => WatchAsync(call),
        "create" => CreateAsync(call),
        "update" => UpdateAsync(call),
        "patch" => PatchAsync(call),
        "delete" => DeleteAsync(call),
        _ => DeleteCollectionAsync(call),
    };

    private async Task GetAsync(ResourceCall call)
    {
        string version = RequestOptions.Text(call.Http.Request.Query, "resourceVersion");
        ApiResult<StoredObject> found = await verbs.Reader.GetAsync(call.Request(null), call.Aborted, version);
        await (found.TryGet(out StoredObject? obj, out Status? error) ? call.WriteAsync(200, obj) : call.WriteAsync(error));
    }

    private async Task ListAsync(ResourceCall call)
    {
        if (!call.TryReadList(out ListQuery? query, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<ObjectPage> listed = await verbs.Reader.ListAsync(call.Request(null), query, call.Aborted);
        await (listed.TryGet(out ObjectPage page, out error) ? call.WritePageAsync(page) : call.WriteAsync(error));
    }

    private async Task WatchAsync(ResourceCall call)
    {
        if (call.Media.Format == WireFormat.Yaml)
        {
            await AnswerWriter.WriteStatusAsync(call.Http, ApiErrors.NotAcceptableText(MediaType.OnlyStreams));
            return;
        }

        if (!call.TryReadList(out ListQuery? query, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<ObjectWatch> opened = await verbs.Watches.OpenAsync(
            call.Request(null), query, call.Aborted);
        if (!opened.TryGet(out ObjectWatch? watch, out error))
        {
            // A watch that is too old is a stream with one error event, so that clients handle it like any other end.
            await (error.Code is 410 or 504 ? WatchStream.WriteErrorAsync(call, error) : call.WriteAsync(error));
            return;
        }

        await (call.TableProblem is { } problem
            ? call.WriteAsync(problem)
            : new WatchStream(call, watch, query, verbs.Storage, config).RunAsync());
    }

    private async Task CreateAsync(ResourceCall call)
    {
        if (!call.TryReadWriteOptions("CreateOptions", out ApiRequest? request, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<IObject> body = await call.ReadObjectAsync(request, call.Kind);
        if (!body.TryGet(out IObject? obj, out error))
        {
            call.WriteWarnings(request);
            await call.WriteAsync(error);
            return;
        }

        ApiResult<Written> written = await verbs.Writer.CreateAsync(request, obj, call.Aborted);
        await call.WriteAsync(request, written);
    }

    private async Task UpdateAsync(ResourceCall call)
    {
        if (!call.TryReadWriteOptions("UpdateOptions", out ApiRequest? request, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<IObject> body = await call.ReadObjectAsync(request, call.Kind);
        if (!body.TryGet(out IObject? obj, out error))
        {
            call.WriteWarnings(request);
            await call.WriteAsync(error);
            return;
        }

        await call.WriteAsync(request, await verbs.ReplaceAsync(request, obj, call.Aborted));
    }

    private async Task PatchAsync(ResourceCall call)
    {
        bool isApply = PatchVerb.IsApply(call.Http.Request.ContentType);
        if (!call.TryReadWriteOptions("PatchOptions", out ApiRequest? request, out Status? error, isApply))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<byte[]> body = await call.ReadBodyAsync();
        if (!body.TryGet(out byte[]? patch, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        await call.WriteAsync(
            request, await verbs.Patches.PatchAsync(request, call.Http.Request.ContentType!, patch, call.Aborted));
    }

    private async Task DeleteAsync(ResourceCall call)
    {
        if (!(await call.ReadDeleteOptionsAsync()).TryGet(out DeleteOptions? options, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiRequest request = call.Request(new WriteOptions(options.DryRun.Count > 0, "", FieldValidation.Warn, false));
        ApiResult<Deleted> result = await verbs.Deleter.DeleteAsync(request, options, call.Aborted);
        call.WriteWarnings(request);
        if (!result.TryGet(out Deleted deleted, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        if (!deleted.IsGone || ReturnsDeleted.Contains(call.Kind.Info.Resource))
        {
            int code = !deleted.IsGone && options.OrphanDependents == false ? 202 : 200;
            await (
                deleted.Stored is { } stored ? call.WriteAsync(code, stored) : call.WriteAsync(code, deleted.Object));
            return;
        }

        ObjectMeta meta = deleted.Object.Metadata;
        await AnswerWriter.WriteStatusAsync(
            call.Http,
            new Status
            {
                StatusValue = "Success",
                Details = new StatusDetails { Name = meta.Name, Group = call.Kind.Info.Group, Kind = call.Kind.Info.Resource, Uid = meta.Uid },
            },
            call.Media.Format);
    }

    private async Task DeleteCollectionAsync(ResourceCall call)
    {
        DeleteOptions? options = null;
        if (!call.TryReadList(out ListQuery? query, out Status? error)
            || (error = query.Check()) is not null
            || !(await call.ReadDeleteOptionsAsync()).TryGet(out options, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiRequest request = call.Request(new WriteOptions(options.DryRun.Count > 0, "", FieldValidation.Warn, false));
        ApiResult<ObjectPage> deleted = await verbs.DeleteCollectionAsync(request, options, query, call.Aborted);
        call.WriteWarnings(request);
        await (deleted.TryGet(out ObjectPage page, out error) ? call.WritePageAsync(page) : call.WriteAsync(error));
    }

    /// <summary>The kinds whose deletion answers with the object even when it is gone.</summary>
    private static readonly HashSet<string> ReturnsDeleted = new(StringComparer.Ordinal)
    {
        "pods", "podtemplates", "persistentvolumes", "persistentvolumeclaims", "resourcequotas", "serviceaccounts", "services",
        "csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses",
        "deviceclasses", "resourceclaims", "resourceclaimtemplates", "resourceslices",
    };
}

/// <summary>A resource or subresource that is more than an object in the store: reviews, scale, eviction, exec,
/// tokens.</summary>
internal interface ISpecialResource
{
    /// <summary>True for what this one serves.</summary>
    bool Serves(KindInfo kind, string subresource);

    /// <summary>True when methods without a verb are its business too: HEAD and OPTIONS of proxied requests.</summary>
    bool TakesEveryMethod => false;

    /// <summary>Serves a call over HTTP.</summary>
    Task ServeAsync(ResourceCall call);

    /// <summary>
    /// Serves a call from the server's own process, where that makes sense. What HTTP answers with a bare success shows
    /// as the object that it was done to.
    /// </summary>
    ValueTask<ApiResult<IObject>> CallAsync(ApiRequest request, IObject? body, CancellationToken cancellationToken) =>
        new(ApiErrors.MethodNotAllowed());
}
