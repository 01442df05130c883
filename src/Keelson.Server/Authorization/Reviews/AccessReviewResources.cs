using Keelson.Api.Authorization.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Http;

namespace Keelson.Server.Authorization.Reviews;

/// <summary>May this user do that?</summary>
internal sealed class SubjectAccessReviewResource(ReviewSteps steps, AccessReviews reviews)
    : ReviewResource<SubjectAccessReview>(steps)
{
    protected override async ValueTask<ApiResult<IObject>> AnswerAsync(
        SubjectAccessReview review, ReviewContext context) =>
        await context.CheckAsync(review, "") is { } error
            ? error
            : review with { Status = await reviews.ReviewAsync(review.Spec, context.Cancellation) };
}

/// <summary>May this user do that in this namespace?</summary>
internal sealed class LocalSubjectAccessReviewResource(ReviewSteps steps, AccessReviews reviews)
    : ReviewResource<LocalSubjectAccessReview>(steps)
{
    protected override async ValueTask<ApiResult<IObject>> AnswerAsync(
        LocalSubjectAccessReview review, ReviewContext context)
    {
        if (await context.CheckAsync(review, "") is { } error)
        {
            return error;
        }
        if (review.Metadata.Namespace.Length == 0)
        {
            return ApiErrors.BadRequest($"namespace is required on this type: {context.Request.Namespace}");
        }
        return review with { Status = await reviews.ReviewAsync(review.Spec, context.Cancellation) };
    }
}

/// <summary>May I do that?</summary>
internal sealed class SelfSubjectAccessReviewResource(ReviewSteps steps, AccessReviews reviews)
    : ReviewResource<SelfSubjectAccessReview>(steps)
{
    protected override async ValueTask<ApiResult<IObject>> AnswerAsync(
        SelfSubjectAccessReview review, ReviewContext context)
    {
        if (await context.CheckAsync(review, "") is { } error)
        {
            return error;
        }
        var status = await reviews.ReviewAsync(
            context.Request.User, review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes,
            context.Cancellation);
        return review with { Status = status };
    }
}

/// <summary>What may I do?</summary>
internal sealed class SelfSubjectRulesReviewResource(ReviewSteps steps, AccessReviews reviews)
    : ReviewResource<SelfSubjectRulesReview>(steps)
{
    protected override async ValueTask<ApiResult<IObject>> AnswerAsync(
        SelfSubjectRulesReview review, ReviewContext context)
    {
        if (review.Spec.Namespace.Length == 0)
        {
            return ApiErrors.BadRequest("no namespace on request");
        }
        if (await context.CheckAsync(review, "") is { } error)
        {
            return error;
        }
        return review with { Status = reviews.ListRules(context.Request.User, review.Spec.Namespace) };
    }
}
