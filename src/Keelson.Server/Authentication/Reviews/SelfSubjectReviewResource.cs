using Keelson.Api.Authentication.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Http;

namespace Keelson.Server.Authentication.Reviews;

/// <summary>Who am I?</summary>
internal sealed class SelfSubjectReviewResource(ReviewSteps steps) : ReviewResource<SelfSubjectReview>(steps)
{
    protected override async ValueTask<ApiResult<IObject>> AnswerAsync(SelfSubjectReview review, ReviewContext context)
    {
        if (await context.CheckAsync(review, "SelfSubjectReview") is { } error)
        {
            return error;
        }
        return new SelfSubjectReview
        {
            Metadata = ObjectMeta.Empty with { CreationTimestamp = context.Request.Now },
            Status = new SelfSubjectReviewStatus { UserInfo = ReviewedUser.Of(context.Request.User) },
        };
    }
}
