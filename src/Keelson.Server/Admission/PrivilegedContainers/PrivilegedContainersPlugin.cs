using Keelson.Api.Apps.V1;
using Keelson.Api.Batch.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PrivilegedContainers;

/// <summary>
/// Refuses privileged containers where <c>--allow-privileged</c> is not given, in pods and in what makes pods. Upstream
/// has this in the validation of pods, so it can't be disabled.
/// </summary>
internal sealed class PrivilegedContainersPlugin : IAdmissionPlugin
{
    public string Name => "PrivilegedContainers";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Request.Subresource.Length > 0 || Spec(context.Object) is not ({ } spec, { } path))
        {
            return default;
        }

        FieldErrors errors = new();
        Check(path.Child("initContainers"), spec.InitContainers, errors);
        Check(path.Child("containers"), spec.Containers, errors);
        return new(errors.Count == 0
            ? null
            : ApiErrors.Invalid(context.Kind.Group, context.Kind.Kind, context.Object!.Metadata.Name, errors));
    }

    private static void Check(FieldPath path, ApiList<Container> containers, FieldErrors errors)
    {
        for (int i = 0; i < containers.Count; i++)
        {
            if (containers[i].SecurityContext?.Privileged == true)
            {
                errors.Forbidden(
                    path.Index(i).Child("securityContext").Child("privileged"), "disallowed by cluster policy");
            }
        }
    }

    private static (PodSpec? Spec, FieldPath? Path) Spec(IObject? obj) => obj switch
    {
        Pod one => (one.Spec, FieldPath.Of("spec")),
        PodTemplate one => (one.Template.Spec, FieldPath.Of("template").Child("spec")),
        ReplicationController one => (one.Spec.Template?.Spec, TemplateSpec),
        ReplicaSet one => (one.Spec.Template.Spec, TemplateSpec),
        Deployment one => (one.Spec.Template.Spec, TemplateSpec),
        StatefulSet one => (one.Spec.Template.Spec, TemplateSpec),
        DaemonSet one => (one.Spec.Template.Spec, TemplateSpec),
        Job one => (one.Spec.Template.Spec, TemplateSpec),
        CronJob one => (one.Spec.JobTemplate.Spec.Template.Spec, FieldPath.Of("spec").Child("jobTemplate").Child("spec").Child("template").Child("spec")),
        _ => default,
    };

    private static FieldPath TemplateSpec => FieldPath.Of("spec").Child("template").Child("spec");
}
