using Keelson.Api.Authentication.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Authentication.Reviews;

/// <summary>Whose is this token?</summary>
/// <param name="steps">What reviews share.</param>
/// <param name="tokens">Knows bearer tokens.</param>
/// <param name="serverAudiences">The audiences asked for when the review names none.</param>
internal sealed class TokenReviewResource(
    ReviewSteps steps, IRequestAuthenticator tokens, IReadOnlyList<string> serverAudiences)
    : ReviewResource<TokenReview>(steps)
{
    protected override async ValueTask<ApiResult<IObject>> AnswerAsync(TokenReview review, ReviewContext context)
    {
        if (review.Spec.Token.Length == 0)
        {
            return ApiErrors.BadRequest("token is required for TokenReview in authentication");
        }
        if (await context.CheckAsync(review, "TokenReview") is { } error)
        {
            return error;
        }
        IReadOnlyList<string> audiences = review.Spec.Audiences.Count > 0 ? review.Spec.Audiences : serverAudiences;
        // The token goes the way it goes in a request, so that a review says what a request would meet.
        var headers = new HeaderDictionary { ["Authorization"] = $"Bearer {review.Spec.Token}" };
        var outcome = await tokens.AuthenticateAsync(
            new AuthenticationRequest(headers, "", null, audiences), context.Cancellation);
        if (outcome.User is { } && !outcome.Audiences.Any(audiences.Contains))
        {
            return ApiErrors.Internal("audience validation failed");
        }
        return review with
        {
            Status = new TokenReviewStatus
            {
                Authenticated = outcome.IsAuthenticated,
                User = outcome.User is { } user ? ReviewedUser.Of(user) : new(),
                Audiences = outcome.IsAuthenticated ? outcome.Audiences.ToApiList() : default,
                Error = outcome.IsFailed ? outcome.FailureText : "",
            },
        };
    }
}
