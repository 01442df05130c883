using Keelson.Api.Authorization.V1;
using Keelson.Api.Kinds;
using Keelson.Client;
using Keelson.Machinery.Values;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server.Access;

/// <summary>What a review of access gave.</summary>
internal enum AccessVerdict
{
    /// <summary>They may.</summary>
    Allowed,

    /// <summary>They may not.</summary>
    Refused,

    /// <summary>Nobody could tell.</summary>
    Unknown,
}

/// <summary>
/// Asks the API whether somebody may do something to the node: the path decides on the subresource of
/// <c>nodes</c>. Paths with a subresource of their own may also be asked for with <c>nodes/proxy</c>.
/// </summary>
internal sealed class KubeletAuthorization(KubeletServerConfig config)
{
    private readonly ReviewCache<AccessVerdict> _verdicts = new(config.Clock);

    /// <summary>Null when the request may go on, otherwise the answer's code and text.</summary>
    public async ValueTask<(int Code, string Text)?> CheckAsync(HttpContext http, KubeletUser user, string node)
    {
        if (config.Access.AlwaysAllow)
        {
            return null;
        }

        string verb = VerbOf(http.Request.Method);
        IReadOnlyList<string> subresources = SubresourcesOf(http.Request.Path.Value ?? "");
        foreach (string subresource in subresources)
        {
            switch (await ReviewAsync(user, verb, subresource, node, http.RequestAborted))
            {
                case AccessVerdict.Allowed:
                    return null;
                case AccessVerdict.Unknown:
                    return (500,
                        $"Authorization error (user={user.Name}, verb={verb}, resource=nodes, "
                        + $"subresource={subresource})");
            }
        }

        return (403, $"Forbidden (user={user.Name}, verb={verb}, resource=nodes, "
            + $"subresource(s)=[{string.Join(' ', subresources)}])\n");
    }

    /// <summary>The subresources of which any will do for a path.</summary>
    internal static IReadOnlyList<string> SubresourcesOf(string path) => Root(path) switch
    {
        "pods" or "runningpods" => ["pods", "proxy"],
        "healthz" => ["healthz", "proxy"],
        "configz" => ["configz", "proxy"],
        "stats" => ["stats"],
        "metrics" => ["metrics"],

        // Not "logs", so that it is like other subresources about logs (pods/log).
        "logs" => ["log"],
        "checkpoint" => ["checkpoint"],
        "statusz" => ["statusz"],
        "flagz" => ["flagz"],
        _ => ["proxy"],
    };

    private static string Root(string path)
    {
        string[] parts = path.Split('/', 3);
        return parts.Length > 1 ? parts[1] : "";
    }

    private static string VerbOf(string method) => method switch
    {
        "POST" => "create",
        "GET" => "get",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "",
    };

    private async ValueTask<AccessVerdict> ReviewAsync(
        KubeletUser user, string verb, string subresource, string node, CancellationToken cancellation)
    {
        string question = $"{verb} {subresource} {node}\n{user.CacheKey()}";
        if (_verdicts.TryGet(question, out AccessVerdict verdict))
        {
            return verdict;
        }

        SubjectAccessReview review = new()
        {
            Spec = new SubjectAccessReviewSpec
            {
                User = user.Name,
                Uid = user.Uid,
                Groups = user.Groups.ToApiList(),
                Extra = ApiMap<ApiList<string>>.FromUnsorted(
                [
                    .. user.Extra.Select(
                        static one => new KeyValuePair<string, ApiList<string>>(one.Key, one.Value.ToApiList())),
                ]),
                ResourceAttributes = new ResourceAttributes
                {
                    Verb = verb,
                    Version = "v1",
                    Resource = "nodes",
                    Subresource = subresource,
                    Name = node,
                },
            },
        };
        ApiResult<SubjectAccessReview> reviewed = await config.Client.CreateAsync(review, cancellation);
        if (!reviewed.TryGet(out SubjectAccessReview? answer, out Keelson.Api.Meta.V1.Status? error))
        {
            config.Log("access can't be reviewed: " + error.Message);
            return AccessVerdict.Unknown;
        }

        bool allowed = answer.Status.Allowed;
        verdict = allowed ? AccessVerdict.Allowed : AccessVerdict.Refused;
        _verdicts.Keep(
            question, verdict, allowed ? config.Access.AllowedLifetime : config.Access.RefusedLifetime);
        return verdict;
    }
}
