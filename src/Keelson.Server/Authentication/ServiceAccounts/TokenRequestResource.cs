using Keelson.Api.Authentication.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Http;

namespace Keelson.Server.Authentication.ServiceAccounts;

/// <summary><c>serviceaccounts/token</c>: makes tokens.</summary>
/// <param name="steps">What reviews share.</param>
/// <param name="issuer">Signs.</param>
/// <param name="lookup">Where service accounts and what tokens are bound to are found.</param>
/// <param name="serverAudiences">The audiences of a token that names none.</param>
/// <param name="limits">How long tokens live at most, and whether those of pods live longer.</param>
internal sealed class TokenRequestResource(
    ReviewSteps steps,
    ServiceAccountTokenIssuer issuer,
    IObjectLookup lookup,
    IReadOnlyList<string> serverAudiences,
    ServiceAccountTokensConfig limits)
    : ReviewResource<TokenRequest>(steps)
{
    // Pods ask for tokens of an hour and 7 seconds. Old clients that never read their token again would fail after it,
    // so such a token works for a year, and its use after the hour is only noted
    // (--service-account-extend-token-expiration).
    private const long PodTokenSeconds = 3607;
    private static readonly TimeSpan ExtendedLifetime = TimeSpan.FromDays(365);

    public override bool Serves(KindInfo kind, string subresource) =>
        kind == Api.Core.V1.ServiceAccount.Info && subresource == "token";

    protected override async ValueTask<ApiResult<IObject>> AnswerAsync(TokenRequest review, ReviewContext context)
    {
        var (accountNamespace, name) = (context.Request.Namespace, context.Request.Name);
        if (review.Metadata.Name is { Length: > 0 } given && given != name)
        {
            var errors = new FieldErrors();
            errors.Invalid(
                FieldPath.Of("metadata").Child("name"), given, "must match the service account name if specified");
            return ApiErrors.Invalid(TokenRequest.Info.Group, TokenRequest.Info.Kind, name, errors);
        }
        if (lookup.Find<ServiceAccount>(accountNamespace, name) is not { } account)
        {
            return ApiErrors.NotFound(Api.Core.V1.ServiceAccount.Info, name);
        }
        review = Complete(review, account, context);
        if (await context.CheckAsync(review, TokenRequest.Info.Kind) is { } refused)
        {
            return refused;
        }
        review = Shorten(review, context);
        var spec = new ServiceAccountTokenSpec
        {
            Namespace = accountNamespace,
            ServiceAccount = new BoundReference(name, account.Metadata.Uid),
            Audiences = review.Spec.Audiences,
            Lifetime = TimeSpan.FromSeconds(review.Spec.ExpirationSeconds!.Value),
        };
        var bound = Bind(spec, review.Spec.BoundObjectRef);
        return bound.TryGet(out var complete, out var error)
            ? ApiResult<IObject>.Of(await IssueAsync(review, Extend(complete, review.Spec), context))
            : error;
    }

    private TokenRequest Complete(TokenRequest review, ServiceAccount account, ReviewContext context) => review with
    {
        Metadata = review.Metadata with
        {
            Name = account.Metadata.Name, Namespace = account.Metadata.Namespace,
            CreationTimestamp = context.Request.Now, Uid = Guid.NewGuid().ToString(),
        },
        Spec = review.Spec.Audiences.Count > 0
            ? review.Spec
            : review.Spec with { Audiences = serverAudiences.ToApiList() },
        Status = new TokenRequestStatus(),
    };

    private async ValueTask<TokenRequest> IssueAsync(
        TokenRequest review, ServiceAccountTokenSpec spec, ReviewContext context)
    {
        var (token, _, _) = await issuer.IssueAsync(spec);
        var expires = context.Request.Now.Instant.AddSeconds(review.Spec.ExpirationSeconds!.Value);
        return review with { Status = new TokenRequestStatus { Token = token, ExpirationTimestamp = new Time(expires) } };
    }

    private TokenRequest Shorten(TokenRequest review, ReviewContext context)
    {
        var most = (long)limits.MaxExpiration.TotalSeconds;
        var asked = review.Spec.ExpirationSeconds!.Value;
        if (most <= 0 || asked <= most)
        {
            return review;
        }
        context.Request.Warn($"requested expiration of {asked} seconds shortened to {most} seconds");
        return review with { Spec = review.Spec with { ExpirationSeconds = most } };
    }

    private ServiceAccountTokenSpec Extend(ServiceAccountTokenSpec spec, TokenRequestSpec asked) =>
        limits.ExtendExpiration && spec.Pod is not null && asked.ExpirationSeconds == PodTokenSeconds
            && spec.Audiences.All(serverAudiences.Contains) && spec.Audiences.Count > 0
            ? spec with { WarnAfter = spec.Lifetime, Lifetime = ExtendedLifetime }
            : spec;

    private ApiResult<ServiceAccountTokenSpec> Bind(ServiceAccountTokenSpec spec, BoundObjectReference? reference)
    {
        if (reference is null)
        {
            return spec;
        }
        var slash = reference.ApiVersion.IndexOf('/');
        var (group, version) = slash < 0
            ? ("", reference.ApiVersion)
            : (reference.ApiVersion[..slash], reference.ApiVersion[(slash + 1)..]);
        var bound = (group, reference.Kind) switch
        {
            ("", "Pod") => BindPod(spec, reference.Name),
            ("", "Node") => lookup.Find<Node>("", reference.Name) is { } node
                ? spec with { Node = ReferenceTo(node) }
                : ApiErrors.NotFound(Node.Info, reference.Name),
            ("", "Secret") => lookup.Find<Secret>(spec.Namespace, reference.Name) is { } secret
                ? spec with { Secret = ReferenceTo(secret) }
                : ApiErrors.NotFound(Secret.Info, reference.Name),
            _ => ApiErrors.BadRequest(
                $"cannot bind token to object of type {group}/{version}, Kind={reference.Kind}"),
        };
        if (!bound.TryGet(out var complete, out var error))
        {
            return error;
        }
        var uid = (reference.Kind switch
        {
            "Pod" => complete.Pod,
            "Node" => complete.Node,
            _ => complete.Secret,
        })!.Uid;
        return reference.Uid.Length == 0 || reference.Uid == uid
            ? complete
            : ApiErrors.Conflict(
                new KindInfo(group, version, reference.Kind, reference.Kind), reference.Name,
                $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might "
                + "have been deleted and then recreated");
    }

    private ApiResult<ServiceAccountTokenSpec> BindPod(ServiceAccountTokenSpec spec, string podName)
    {
        if (lookup.Find<Pod>(spec.Namespace, podName) is not { } pod)
        {
            return ApiErrors.NotFound(Pod.Info, podName);
        }
        if (pod.Spec.ServiceAccountName != spec.ServiceAccount.Name)
        {
            return ApiErrors.BadRequest($"cannot bind token for serviceaccount {GoText.Quote(spec.ServiceAccount.Name)} to "
                + "pod running with different serviceaccount name.");
        }
        // A node that isn't there (yet) is still told by its name.
        var nodeName = pod.Spec.NodeName;
        var node = nodeName.Length == 0
            ? null
            : new BoundReference(nodeName, lookup.Find<Node>("", nodeName)?.Metadata.Uid ?? "");
        return spec with { Pod = ReferenceTo(pod), Node = node };
    }

    private static BoundReference ReferenceTo(IObject obj) => new(obj.Metadata.Name, obj.Metadata.Uid);
}
