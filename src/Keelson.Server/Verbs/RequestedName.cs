using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Server.Verbs;

/// <summary>An object that is put or patched has to be the one that the path names.</summary>
internal static class RequestedName
{
    /// <summary>Why the object is not the one that the request names; null when it is.</summary>
    public static Status? Check(ApiRequest request, IObject obj)
    {
        ObjectMeta meta = obj.Metadata;
        if (CheckNamespace(request, obj) is { } elsewhere)
        {
            return elsewhere;
        }

        if (meta.Name.Length == 0)
        {
            return ApiErrors.BadRequest(
                $"the name of the object ({request.Name} based on URL) was undeterminable: name must be provided");
        }

        return meta.Name == request.Name
            ? null
            : ApiErrors.BadRequest(
                $"the name of the object ({meta.Name}) does not match the name on the URL ({request.Name})");
    }

    /// <summary>Why the object is not of the namespace that the request names; null when it is, or says nothing of
    /// it.</summary>
    public static Status? CheckNamespace(ApiRequest request, IObject obj) =>
        request.Kind.Info.Namespaced && obj.Metadata.Namespace is { Length: > 0 } said && said != request.Namespace
            ? ApiErrors.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
            : null;
}
