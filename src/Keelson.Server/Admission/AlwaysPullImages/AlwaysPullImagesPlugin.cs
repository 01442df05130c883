using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.AlwaysPullImages;

/// <summary>Has every image pulled anew, so that a pod can't run what its own credentials could not have
/// fetched.</summary>
internal sealed class AlwaysPullImagesPlugin : IAdmissionPlugin
{
    public string Name => "AlwaysPullImages";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (Concerns(context) is { } pod)
        {
            PodSpec spec = pod.Spec;
            context.Object = pod with
            {
                Spec = spec with
                {
                    Containers = spec.Containers.Map(Pulled),
                    InitContainers = spec.InitContainers.Map(Pulled),
                    EphemeralContainers = spec.EphemeralContainers.Map(static one => one with
                    {
                        EphemeralContainerCommon =
                            one.EphemeralContainerCommon with { ImagePullPolicy = PullPolicy.Always },
                    }),
                    Volumes = spec.Volumes.Map(Pulled),
                },
            };
        }

        return new((Status?)null);
    }

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (Concerns(context) is not { } pod)
        {
            return new((Status?)null);
        }

        FieldErrors errors = new();
        FieldPath path = FieldPath.Of("spec");
        Check(pod.Spec.InitContainers.Select(one => one.ImagePullPolicy), path.Child("initContainers"), errors);
        Check(pod.Spec.Containers.Select(one => one.ImagePullPolicy), path.Child("containers"), errors);
        Check(
            pod.Spec.EphemeralContainers.Select(one => one.EphemeralContainerCommon.ImagePullPolicy),
            path.Child("ephemeralContainers"),
            errors);
        return new(errors.Count switch
        {
            0 => null,
            1 => context.Forbidden(errors.All[0].ToString()),
            _ => context.Forbidden("[" + string.Join(", ", errors.All) + "]"),
        });
    }

    /// <summary>The pod, when it is new or runs new images.</summary>
    private static Pod? Concerns(AdmissionContext context) =>
        context.Is("", "pods") && context.Object is Pod pod
            && (context.OldObject is not Pod old || Images(pod.Spec).Except(Images(old.Spec)).Any())
            ? pod
            : null;

    private static IEnumerable<string> Images(PodSpec spec) =>
        spec.Containers.Concat(spec.InitContainers).Select(one => one.Image)
            .Concat(spec.EphemeralContainers.Select(one => one.EphemeralContainerCommon.Image))
            .Concat(spec.Volumes.Select(one => one.VolumeSource.Image?.Reference ?? "").Where(one => one.Length > 0));

    private static Container Pulled(Container container) => container with { ImagePullPolicy = PullPolicy.Always };

    private static Volume Pulled(Volume volume) => volume.VolumeSource.Image is { Reference.Length: > 0 } image
        ? volume with
        {
            VolumeSource = volume.VolumeSource with { Image = image with { PullPolicy = PullPolicy.Always } },
        }
        : volume;

    private static void Check(IEnumerable<string> policies, FieldPath path, FieldErrors errors)
    {
        int index = 0;
        foreach (string policy in policies)
        {
            if (policy != PullPolicy.Always)
            {
                errors.NotSupported(path.Index(index).Child("imagePullPolicy"), policy, PullPolicy.Always);
            }

            index++;
        }
    }
}
