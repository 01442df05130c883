using Keelson.Api.Autoscaling.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>The <c>scale</c> subresource of workloads: a Scale on the outside, an update of the workload's replicas inside.</summary>
internal sealed class ScaleResource(ResourceVerbs verbs) : ISpecialResource
{
    public bool Serves(KindInfo kind, string subresource) =>
        subresource == "scale" && (kind.Resource is "deployments" or "replicasets" or "statefulsets" or "replicationcontrollers");

    public async Task ServeAsync(ResourceCall call)
    {
        switch (call.Info.Verb)
        {
            case "get":
                ApiResult<StoredObject> found = await verbs.Reader.GetAsync(call.Request(null), call.Aborted);
                await (found.TryGet(out StoredObject? obj, out Status? error) ? call.WriteAsync(200, ((IScalable)obj.Record).ToScale()) : call.WriteAsync(error));
                break;
            case "update":
                await UpdateAsync(call);
                break;
            case "patch":
                await PatchAsync(call);
                break;
            default:
                await call.WriteAsync(ApiErrors.MethodNotAllowed());
                break;
        }
    }

    private async Task UpdateAsync(ResourceCall call)
    {
        if (!call.TryReadWriteOptions("UpdateOptions", out ApiRequest? request, out Status? error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<IObject> body = await call.ReadObjectAsync(request, ApiKinds.AutoscalingV1Scale);
        await (body.TryGet(out IObject? scale, out error)
            ? WriteAsync(call, request, old => ApiResult<IObject>.Of(scale))
            : call.WriteAsync(error));
    }

    private async Task PatchAsync(ResourceCall call)
    {
        string? type = call.Http.Request.ContentType;
        if (!PatchVerb.Knows(type))
        {
            await call.WriteAsync(ApiErrors.UnsupportedMediaType(PatchVerb.Accepted));
            return;
        }

        if (!call.TryReadWriteOptions("PatchOptions", out ApiRequest? request, out Status? error, PatchVerb.IsApply(type)))
        {
            await call.WriteAsync(error);
            return;
        }

        if (!(await call.ReadBodyAsync()).TryGet(out byte[]? patch, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        await WriteAsync(call, request, old => verbs.Patches.PatchRecord(ScaleRequest(request), type!, patch, old));
    }

    public async ValueTask<ApiResult<IObject>> CallAsync(ApiRequest request, IObject? body, CancellationToken cancellationToken)
    {
        switch (request.Verb)
        {
            case "get":
                ApiResult<StoredObject> found = await verbs.Reader.GetAsync(request, cancellationToken);
                return found.TryGet(out StoredObject? obj, out Status? error) ? ((IScalable)obj.Record).ToScale() : error;
            case "update" when body is Scale scale:
                return await ChangeAsync(request, _ => scale, cancellationToken);
            default:
                return ApiErrors.MethodNotAllowed();
        }
    }

    private async Task WriteAsync(ResourceCall call, ApiRequest request, Func<Scale, ApiResult<IObject>> change)
    {
        ApiResult<IObject> written = await ChangeAsync(request, change, call.Aborted);
        call.WriteWarnings(request);
        await (written.TryGet(out IObject? scale, out Status? failed) ? call.WriteAsync(200, scale) : call.WriteAsync(failed));
    }

    private async ValueTask<ApiResult<IObject>> ChangeAsync(
        ApiRequest request, Func<Scale, ApiResult<IObject>> change, CancellationToken cancellationToken)
    {
        ApiResult<Written> written = await verbs.Writer.UpdateAsync(
            request,
            old =>
            {
                Scale before = ((IScalable)old!).ToScale();
                if (!change(before).TryGet(out IObject? changed, out Status? error))
                {
                    return new(error);
                }

                Scale scale = (Scale)changed;
                if (Check(request, scale) is { } invalid)
                {
                    return new(invalid);
                }

                IObject scaled = ((IScalable)old).WithReplicas(scale.Spec.Replicas);
                string version = scale.Metadata.ResourceVersion;
                scaled = scaled.WithMetadata(scaled.Metadata with { ResourceVersion = version.Length == 0 ? old.Metadata.ResourceVersion : version });
                return new(ApiResult<IObject>.Of(verbs.Ownership.OnUpdate(request, old, scaled)));
            },
            retries: true,
            allowCreate: false,
            cancellationToken);
        return written.TryGet(out Written result, out Status? failed) ? ((IScalable)result.Object).ToScale() : failed;
    }

    private static ApiRequest ScaleRequest(ApiRequest request) => new()
    {
        User = request.User,
        Kind = ApiKinds.AutoscalingV1Scale,
        Verb = request.Verb,
        Now = request.Now,
        Namespace = request.Namespace,
        Name = request.Name,
        FieldManager = request.FieldManager,
        FieldValidation = request.FieldValidation,
        Force = request.Force,
    };

    private static Status? Check(ApiRequest request, Scale scale)
    {
        if (scale.Metadata.Name.Length > 0 && scale.Metadata.Name != request.Name)
        {
            return ApiErrors.BadRequest($"the name of the object ({scale.Metadata.Name}) does not match the name on the URL ({request.Name})");
        }

        Machinery.Validation.FieldErrors errors = new();
        Scale.Validate(scale, errors);
        return errors.Count == 0 ? null : ApiErrors.Invalid("autoscaling", "Scale", request.Name, errors);
    }
}
