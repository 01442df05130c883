using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>Provides the objects of kinds that are not stored but made at each call.</summary>
internal interface IVirtualObjects
{
    /// <summary>True for the kinds that it provides.</summary>
    bool Serves(KindInfo kind);

    /// <summary>An object by name.</summary>
    ApiResult<IObject> Get(KindInfo kind, string objectNamespace, string name);

    /// <summary>The objects of a namespace, or of all for an empty one, in the order of their names.</summary>
    IEnumerable<IObject> List(KindInfo kind, string objectNamespace);
}

/// <summary>Serves get and list of virtual objects: selectors and all forms of answers as for stored ones.</summary>
internal sealed class VirtualResource(IVirtualObjects objects) : ISpecialResource
{
    public bool Serves(KindInfo kind, string subresource) => subresource.Length == 0 && objects.Serves(kind);

    public async Task ServeAsync(ResourceCall call)
    {
        (KindInfo kind, string name) = (call.Kind.Info, call.Info.Name);
        if (call.Info.Verb == "get")
        {
            ApiResult<IObject> found = objects.Get(kind, call.Info.Namespace, name);
            await (found.TryGet(out IObject? obj, out Status? missing)
                ? call.WriteAsync(200, obj)
                : call.WriteAsync(missing));
            return;
        }

        if (call.Info.Verb != "list")
        {
            await call.WriteAsync(ApiErrors.MethodNotAllowed());
            return;
        }

        if (!call.TryReadList(out ListQuery? query, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        IEnumerable<StoredObject> listed = objects.List(kind, call.Info.Namespace)
            .Select(one => Stored(call.Kind, one)).Where(query.Filter.Matches);
        await call.WritePageAsync(new ObjectPage(listed, 0, "", null));
    }

    public ValueTask<ApiResult<IObject>> CallAsync(
        ApiRequest request, IObject? body, CancellationToken cancellationToken) =>
        new(request.Verb == "get"
            ? objects.Get(request.Kind.Info, request.Namespace, request.Name)
            : ApiErrors.MethodNotAllowed());

    public ApiResult<ObjectList> List(ApiKind kind, string objectNamespace, ListQuery query) => new ObjectList(
        [.. objects.List(kind.Info, objectNamespace).Where(one => query.Filter.Matches(Stored(kind, one)))], "", "");

    private static StoredObject Stored(ApiKind kind, IObject obj)
    {
        ObjectMeta metadata = obj.Metadata;
        string place = metadata.Namespace.Length == 0 ? "" : metadata.Namespace + "/";
        return new StoredObject(kind, $"{kind.Info.GroupResource}/{place}{metadata.Name}", StoredForm.Encode(obj), 0);
    }
}
