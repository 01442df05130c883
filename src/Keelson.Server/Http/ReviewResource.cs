using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Admission;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>A resource that is only created, and whose answer is worked out rather than stored: reviews,
/// tokens.</summary>
/// <typeparam name="T">The kind of the body and the answer.</typeparam>
internal abstract class ReviewResource<T>(ReviewSteps steps) : ISpecialResource
    where T : class, IKind<T>
{
    private static readonly ApiKind BodyKind = ApiKinds.All.First(kind => kind.Info == T.Info);

    /// <inheritdoc/>
    public virtual bool Serves(KindInfo kind, string subresource) => kind == T.Info && subresource.Length == 0;

    /// <inheritdoc/>
    public async Task ServeAsync(ResourceCall call)
    {
        ApiResult<IObject> answer = await AnswerAsync(call);
        await (answer.TryGet(out IObject? obj, out Status? error) ? call.WriteAsync(201, obj) : call.WriteAsync(error));
    }

    /// <summary>Works the answer out.</summary>
    /// <param name="review">The body after defaults and mutating admission.</param>
    /// <param name="context">The call; the answer may only be given after its check passed.</param>
    protected abstract ValueTask<ApiResult<IObject>> AnswerAsync(T review, ReviewContext context);

    private async ValueTask<ApiResult<IObject>> AnswerAsync(ResourceCall call)
    {
        bool isNamed = call.Info.Name.Length > 0 && call.Info.Subresource.Length == 0;
        if (call.Info.Verb != "create" || isNamed)
        {
            return ApiErrors.MethodNotAllowed();
        }

        if (!call.TryReadWriteOptions("CreateOptions", out ApiRequest? request, out Status? error))
        {
            return error;
        }

        ApiResult<IObject> body = await call.ReadObjectAsync(request, BodyKind);
        if (!body.TryGet(out IObject? obj, out error))
        {
            return error;
        }

        ApiResult<IObject> answer = await CallAsync(request, obj, call.Aborted);
        call.WriteWarnings(request);
        return answer;
    }

    /// <inheritdoc/>
    public async ValueTask<ApiResult<IObject>> CallAsync(
        ApiRequest request, IObject? obj, CancellationToken cancellationToken)
    {
        if (request.Verb != "create" || obj is not T)
        {
            return ApiErrors.MethodNotAllowed();
        }

        string given = obj.Metadata.Namespace;
        if (request.Kind.Info.Namespaced && given.Length > 0 && given != request.Namespace)
        {
            return ApiErrors.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request");
        }

        if (given != request.Namespace)
        {
            obj = obj.WithMetadata(obj.Metadata with { Namespace = request.Namespace });
        }

        obj = steps.Ownership.OnCreate(request.For(BodyKind), obj);
        AdmissionContext admission = new(request, AdmissionOperation.Create, obj, null);
        if (await steps.Admission.AdmitAsync(admission, cancellationToken) is { } refused)
        {
            return refused;
        }

        ReviewContext context = new(request, BodyKind, admission, steps.Admission, cancellationToken);
        return await AnswerAsync((T)admission.Object!, context);
    }
}

/// <summary>What reviews share with other creations.</summary>
/// <param name="Ownership">Who owns which field of the body.</param>
/// <param name="Admission">The admission plugins.</param>
internal sealed record ReviewSteps(FieldOwnership Ownership, AdmissionChain Admission);

/// <summary>A review on its way.</summary>
internal sealed class ReviewContext(
    ApiRequest request, ApiKind kind, AdmissionContext admission, AdmissionChain chain, CancellationToken cancellation)
{
    /// <summary>The call.</summary>
    public ApiRequest Request { get; } = request;

    /// <summary>Ends waiting.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Validates the review and lets the admission plugins look at it; null when it may be answered.</summary>
    /// <param name="review">The review, complete but for its status.</param>
    /// <param name="invalidKind">The kind named in the error; upstream leaves it out for some.</param>
    public async ValueTask<Status?> CheckAsync(IObject review, string invalidKind)
    {
        FieldErrors errors = new();
        kind.Validate(review, errors);
        if (errors.Count > 0)
        {
            return ApiErrors.Invalid(kind.Info.Group, invalidKind, "", errors);
        }

        admission.Object = review;
        return await chain.ValidateAsync(admission, Cancellation);
    }
}
