using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Verbs;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Http;

/// <summary>
/// Which paths and methods lead to a kind. The order is upstream's router's: is there such a path, does it take the
/// method, does it take the body's type.
/// </summary>
internal static class ResourceRoute
{
    /// <summary>Why a request leads nowhere; null when it leads to the kind.</summary>
    /// <param name="request">The request.</param>
    /// <param name="info">What it asks for.</param>
    /// <param name="kind">The kind of the path.</param>
    /// <param name="owner">Who serves a resource or subresource with a behaviour of its own, and checks the
    /// verb.</param>
    public static Status? Check(HttpRequest request, RequestInfo info, ApiKind kind, ISpecialResource? owner)
    {
        bool isSpecial = owner is not null;
        if (!IsPath(info, kind, isSpecial))
        {
            return ApiErrors.NoSuchResource();
        }

        if (owner is { TakesEveryMethod: true })
        {
            return null;
        }

        if (request.Method is "HEAD" or "OPTIONS"
            || info.Verb.Length == 0
            || !TakesMethod(request.Method, info, kind, isSpecial))
        {
            return ApiErrors.MethodNotAllowed();
        }

        return request.Method == "PATCH" && !PatchVerb.Knows(request.ContentType)
            ? ApiErrors.Make(415, "UnsupportedMediaType", "415: Unsupported Media Type", StatusDetails.Empty)
            : null;
    }

    /// <summary>
    /// What upstream's storage says about names and namespaces that can't be part of a key; the router lets them pass.
    /// </summary>
    public static Status? CheckNames(RequestInfo info, ApiKind kind)
    {
        bool isNamed = info.Parts.Count > 1;
        if (isNamed && info.Name.Length == 0)
        {
            return ApiErrors.BadRequest("name must be provided");
        }

        if (info.IsInNamespace && info.Namespace.Length == 0 && (isNamed || info.Verb == "deletecollection"))
        {
            return ApiErrors.BadRequest("Namespace parameter required.");
        }

        if (!isNamed || info.IsWatchPath)
        {
            return null;
        }

        string problems = string.Join(';', NameRules.PathSegment(info.Name, false));
        return problems.Length == 0
            ? null
            : ApiErrors.BadRequest($"Name parameter invalid: {GoText.Quote(info.Name)}: {problems}");
    }

    private static bool IsPath(RequestInfo info, ApiKind kind, bool isSpecial)
    {
        int parts = info.Parts.Count;
        if (parts > 3 && info.Subresource != "proxy")
        {
            return false;
        }

        if (parts > 2 && !isSpecial && kind.Subresources.All(one => one.Name != info.Subresource))
        {
            return false;
        }

        if (info.IsWatchPath && (parts > 2 || !kind.Info.Verbs.Contains("watch")))
        {
            return false;
        }

        if (!kind.Info.Namespaced)
        {
            return !info.IsInNamespace && (parts != 2 || HasNamedObjects(kind));
        }

        // All namespaces at once can only be looked at.
        return info.IsInNamespace
            ? parts != 2 || HasNamedObjects(kind)
            : parts == 1 && kind.Info.Verbs.Contains("list");
    }

    private static bool HasNamedObjects(ApiKind kind) =>
        kind.Info.Verbs.Any(verb => verb is "get" or "update" or "patch" or "delete");

    private static bool TakesMethod(string method, RequestInfo info, ApiKind kind, bool isSpecial)
    {
        if (info.IsWatchPath || (kind.Info.Namespaced && !info.IsInNamespace))
        {
            return method == "GET";
        }

        bool isNamed = info.Parts.Count > 1;
        bool isPart = info.Parts.Count > 2;

        // That a list can't be watched is said by who lists.
        string verb = isSpecial && info.Verb == "watch" ? "list" : info.Verb;
        return (isSpecial && isPart) || (isPart
            ? method == "PUT" || (method is "GET" or "PATCH" && info.Subresource != "finalize")
            : isNamed == (info.Verb is "get" or "update" or "patch" or "delete") && kind.Info.Verbs.Contains(verb));
    }
}
