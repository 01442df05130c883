using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Admission;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary>Binds pods to nodes: <c>pods/NAME/binding</c>, and the older <c>bindings</c>.</summary>
internal sealed class BindingResource(ResourceVerbs verbs, AdmissionChain admission) : ISpecialResource
{
    public bool Serves(KindInfo kind, string subresource) =>
        kind.Group.Length == 0 && ((kind.Resource == "pods" && subresource == "binding") || (kind.Resource == "bindings" && subresource.Length == 0));

    public async Task ServeAsync(ResourceCall call)
    {
        if (call.Info.Verb != "create")
        {
            await call.WriteAsync(ApiErrors.MethodNotAllowed());
            return;
        }

        if (!call.TryReadWriteOptions("CreateOptions", out ApiRequest? request, out Status? error)
            || !(await call.ReadObjectAsync(request, ApiKinds.CoreV1Binding)).TryGet(out IObject? body, out error))
        {
            await call.WriteAsync(error);
            return;
        }

        ApiResult<IObject> bound = await CallAsync(request, body, call.Aborted);
        call.WriteWarnings(request);
        await call.WriteAsync(bound.Error ?? new Status { StatusValue = "Success", Code = 201 });
    }

    /// <summary>Admits the binding, which is what is created here; the pod itself changes without further
    /// questions.</summary>
    public async ValueTask<ApiResult<IObject>> CallAsync(
        ApiRequest request, IObject? body, CancellationToken cancellationToken)
    {
        if (request.Verb != "create" || body is not Binding binding)
        {
            return ApiErrors.MethodNotAllowed();
        }

        if (RequestedName.CheckNamespace(request, binding) is { } elsewhere)
        {
            return elsewhere;
        }

        AdmissionContext context = new(request, AdmissionOperation.Create, binding, null);
        if (await admission.AdmitAsync(context, cancellationToken) is { } notAdmitted)
        {
            return notAdmitted;
        }

        binding = (Binding)context.Object!;
        if (request.Name.Length > 0 && binding.Metadata.Name != request.Name)
        {
            return ApiErrors.BadRequest("name in URL does not match name in Binding object");
        }

        FieldErrors errors = new();
        Binding.Validate(binding, errors);
        if (errors.Count > 0)
        {
            // Upstream hands the bare list of errors on, which no layer turns into a proper status.
            string text = errors.Count == 1 ? errors.All[0].ToString() : "[" + string.Join(", ", errors.All) + "]";
            return ApiErrors.Unclassified(text);
        }

        if (await admission.ValidateAsync(context, cancellationToken) is { } notValid)
        {
            return notValid;
        }

        // The older form of a binding says nothing about which pod of the name it means.
        binding = request.Subresource.Length > 0
            ? binding
            : (Binding)binding.WithMetadata(binding.Metadata with { Uid = "" });
        ApiRequest pod = PodRequest(request, binding.Metadata.Name);
        ApiResult<Written> bound = await verbs.Writer.UpdateAsync(
            pod, old => new(Bind(pod, (Pod)old!, binding)), true, false, cancellationToken);
        return bound.Error is { } refused ? refused : ApiResult<IObject>.Of(bound.Value.Object);
    }

    private ApiResult<IObject> Bind(ApiRequest request, Pod pod, Binding binding)
    {
        (ObjectMeta wanted, ObjectMeta found) = (binding.Metadata, pod.Metadata);
        if (wanted.Uid.Length > 0 && wanted.Uid != found.Uid)
        {
            return verbs.FailedPrecondition(request, "UID", wanted.Uid, found.Uid);
        }

        if (wanted.ResourceVersion.Length > 0 && wanted.ResourceVersion != found.ResourceVersion)
        {
            return verbs.FailedPrecondition(request, "ResourceVersion", wanted.ResourceVersion, found.ResourceVersion);
        }

        Pod? assigned = Binding.Assign(pod, binding, request.Now, out string? conflict);
        return assigned is null
            ? ApiErrors.Conflict(new KindInfo("", "v1", "Pod", "pods/binding"), pod.Metadata.Name, conflict!)
            : ApiResult<IObject>.Of(assigned);
    }

    private static ApiRequest PodRequest(ApiRequest request, string name) => new()
    {
        User = request.User,
        Kind = ApiKinds.CoreV1Pod,
        Verb = "create",
        Now = request.Now,
        Namespace = request.Namespace,
        Name = name,
        Subresource = "binding",
        DryRun = request.DryRun,
        FieldManager = request.FieldManager,
    };
}
