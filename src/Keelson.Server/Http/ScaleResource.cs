using Keelson.Api.Autoscaling.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>The <c>scale</c> subresource of workloads: a Scale on the outside, an update of the workload's replicas
/// inside.</summary>
internal sealed class ScaleResource(ResourceVerbs verbs) : ISpecialResource
{
    public bool Serves(KindInfo kind, string subresource) =>
        subresource == "scale"
            && (kind.Resource is "deployments" or "replicasets" or "statefulsets" or "replicationcontrollers");

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
        if (!body.TryGet(out IObject? sent, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiRequest scaleRequest = request.For(ApiKinds.AutoscalingV1Scale);
        await (RequestedName.Check(request, sent) is { } mismatch
            ? call.WriteAsync(mismatch)
            : WriteAsync(call, request, scaleRequest, Replacement(request, sent)));
    }

    private async Task PatchAsync(ResourceCall call)
    {
        string type = call.Http.Request.ContentType!;
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

        ApiRequest scaleRequest = request.For(ApiKinds.AutoscalingV1Scale);
        await WriteAsync(call, request, scaleRequest, verbs.Patches.Change(scaleRequest, type, patch));
    }

    public async ValueTask<ApiResult<IObject>> CallAsync(
        ApiRequest request, IObject? body, CancellationToken cancellationToken)
    {
        switch (request.Verb)
        {
            case "get":
                ApiResult<StoredObject> found = await verbs.Reader.GetAsync(request, cancellationToken);
                return found.TryGet(out StoredObject? obj, out Status? error)
                    ? ((IScalable)obj.Record).ToScale()
                    : error;
            case "update" when body is Scale scale:
                return await ChangeAsync(request, Replacement(request, scale), cancellationToken);
            default:
                return ApiErrors.MethodNotAllowed();
        }
    }

    private Func<IObject?, ApiResult<IObject>> Replacement(ApiRequest request, IObject scale)
    {
        ApiRequest scaleRequest = request.For(ApiKinds.AutoscalingV1Scale);
        return old => verbs.CheckUid(request, scale, old) is { } other
            ? other
            : ApiResult<IObject>.Of(verbs.Ownership.OnUpdate(scaleRequest, old!, scale));
    }

    private async Task WriteAsync(
        ResourceCall call, ApiRequest request, ApiRequest scaleRequest, Func<IObject?, ApiResult<IObject>> change)
    {
        ApiResult<IObject> written = await ChangeAsync(request, change, call.Aborted);
        foreach (string warning in scaleRequest.Warnings)
        {
            request.Warn(warning);
        }

        call.WriteWarnings(request);
        await (written.TryGet(out IObject? scale, out Status? failed) ? call.WriteAsync(200, scale) : call.WriteAsync(failed));
    }

    private async ValueTask<ApiResult<IObject>> ChangeAsync(
        ApiRequest request, Func<IObject?, ApiResult<IObject>> change, CancellationToken cancellationToken)
    {
        ApiResult<Written> written = await verbs.Writer.UpdateAsync(
            request, old => new(Scaled(request, old!, change)), retries: true, allowCreate: false, cancellationToken);
        return written.TryGet(out Written result, out Status? failed) ? ((IScalable)result.Object).ToScale() : failed;
    }

    /// <summary>The workload with what changed in its scale. The scale has managed fields of its own, made from the
    /// workload's.</summary>
    private static ApiResult<IObject> Scaled(ApiRequest request, IObject old, Func<IObject?, ApiResult<IObject>> change)
    {
        KindInfo info = request.Kind.Info;
        ScaleOwnership owners = new(info, old);
        Scale before = ((IScalable)old).ToScale();
        before = before with { Metadata = before.Metadata with { ManagedFields = owners.OfScale } };
        if (!change(before).TryGet(out IObject? changed, out Status? error))
        {
            return error;
        }

        Scale scale = (Scale)changed;
        FieldErrors errors = new();
        Scale.Validate(scale, errors);
        if (errors.Count > 0)
        {
            return ApiErrors.Invalid("autoscaling", "Scale", request.Name, errors);
        }

        if (scale.Metadata.Uid is { Length: > 0 } uid && uid != old.Metadata.Uid)
        {
            return ApiErrors.Conflict(
                new KindInfo(info.Group, info.Version, info.Kind, info.Resource + "/scale"),
                request.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Metadata.Uid}");
        }

        IObject scaled = ((IScalable)old).WithReplicas(scale.Spec.Replicas);
        return ApiResult<IObject>.Of(scaled.WithMetadata(scaled.Metadata with
        {
            ResourceVersion = scale.Metadata.ResourceVersion,
            ManagedFields = owners.AfterScale(scale.Metadata.ManagedFields),
        }));
    }
}
