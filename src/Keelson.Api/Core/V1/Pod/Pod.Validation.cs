using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record Pod
{
    private const string MutableFields =
        "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    private static readonly FieldPath MetadataPath = FieldPath.Of("metadata");
    private static readonly FieldPath AnnotationsPath = MetadataPath.Child("annotations");
    private static readonly FieldPath SpecPath = FieldPath.Of("spec");

    /// <inheritdoc/>
    public static void Validate(Pod pod, FieldErrors errors)
    {
        ValidateContent(pod, PodValidationOptions.Pod, errors);
        if (pod.Spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(SpecPath.Child("ephemeralContainers"), "cannot be set on create");
        }

        if (pod.Spec.NodeName.Length > 0 && pod.Spec.SchedulingGates.Count > 0)
        {
            errors.Forbidden(SpecPath.Child("nodeName"), "cannot be set until all schedulingGates have been cleared");
        }

        PodAnnotations.ValidateSeccompMatches(pod.Metadata.Annotations, pod.Spec, SpecPath, errors);
        PodAnnotations.ValidateAppArmorMatches(pod.Metadata.Annotations, pod.Spec, SpecPath, errors);
    }

    /// <inheritdoc/>
    public static void ValidateUpdate(Pod pod, Pod old, FieldErrors errors) => WithOptions(old, errors, (options, to) =>
    {
        ValidateContent(pod, options, to);
        PodAnnotations.ValidateUpdate(pod, old, AnnotationsPath, options, to);
        bool sameNumber = ValidateImages(pod.Spec.Containers, old.Spec.Containers, SpecPath.Child("containers"), to)
            && ValidateImages(pod.Spec.InitContainers, old.Spec.InitContainers, SpecPath.Child("initContainers"), to);
        if (sameNumber && ValidateDeadline(pod.Spec, old.Spec, to))
        {
            ValidateTolerations(pod.Spec.Tolerations, old.Spec.Tolerations, to);
            ValidateSchedulingGates(pod.Spec.SchedulingGates, old.Spec.SchedulingGates, to);
            ValidateUnchanged(pod.Spec, old.Spec, to);
        }
    });

    /// <summary>
    /// Validates by today's rules; only where that fails, what the old pod violates already is found out and let through.
    /// </summary>
    private static void WithOptions(Pod old, FieldErrors errors, Action<PodValidationOptions, FieldErrors> validate)
    {
        FieldErrors strict = new();
        validate(PodValidationOptions.Pod, strict);
        if (strict.Count > 0)
        {
            validate(PodValidationOptions.For(old.Spec, old.Metadata.Annotations, isPod: true), errors);
        }
    }

    private static void ValidateContent(Pod pod, PodValidationOptions options, FieldErrors errors)
    {
        PodSpec spec = pod.Spec;
        PodAnnotations.Validate(pod.Metadata.Annotations, spec, AnnotationsPath, options, errors);
        spec.Validate(pod.Metadata, SpecPath, options, errors);
        if (spec.ServiceAccountName.Length == 0)
        {
            ForbidTokens(spec.Volumes, errors);
        }

        for (int i = 0; i < spec.Containers.Count; i++)
        {
            spec.Containers[i].ValidateInPod(SpecPath.Child("containers").Index(i), errors);
        }

        for (int i = 0; i < spec.InitContainers.Count; i++)
        {
            spec.InitContainers[i].ValidateInPod(SpecPath.Child("initContainers").Index(i), errors);
        }
    }

    private static void ForbidTokens(ApiList<Volume> volumes, FieldErrors errors)
    {
        for (int i = 0; i < volumes.Count; i++)
        {
            ApiList<VolumeProjection> sources = volumes[i].VolumeSource.Projected?.Sources ?? default;
            for (int j = 0; j < sources.Count; j++)
            {
                if (sources[j].ServiceAccountToken is not null)
                {
                    errors.Forbidden(
                        SpecPath.Child("volumes").Index(i).Child("projected").Child("sources").Index(j)
                            .Child("serviceAccountToken"),
                        "must not be specified when serviceAccountName is not set");
                }
            }
        }
    }

    private static bool ValidateImages(
        ApiList<Container> containers, ApiList<Container> old, FieldPath path, FieldErrors errors)
    {
        if (containers.Count != old.Count)
        {
            errors.Forbidden(path, "pod updates may not add or remove containers");
            return false;
        }

        for (int i = 0; i < containers.Count; i++)
        {
            errors.RequireText(path.Index(i), "image", containers[i].Image);
            containers[i].ValidateInPod(path.Index(i), errors);
        }

        return true;
    }

    /// <summary>A deadline may be set or drawn nearer. False when the rest need not be looked at.</summary>
    private static bool ValidateDeadline(PodSpec spec, PodSpec old, FieldErrors errors)
    {
        FieldPath path = SpecPath.Child("activeDeadlineSeconds");
        switch (spec.ActiveDeadlineSeconds, old.ActiveDeadlineSeconds)
        {
            case (null, not null):
                errors.InvalidRaw(path, "null", "must not update from a positive integer to nil value");
                return true;
            case ( < 0 or > int.MaxValue, _):
                errors.Invalid(path, spec.ActiveDeadlineSeconds.Value, ContentRules.InclusiveRange(0, int.MaxValue));
                return false;
            case ({ } seconds, { } before) when before < seconds:
                errors.Invalid(path, seconds, "must be less than or equal to previous value");
                return false;
            default:
                return true;
        }
    }

    private static void ValidateTolerations(
        ApiList<Toleration> tolerations, ApiList<Toleration> old, FieldErrors errors)
    {
        FieldPath path = SpecPath.Child("tolerations");
        foreach (Toleration one in old)
        {
            if (!tolerations.Any(now => now == one with { TolerationSeconds = now.TolerationSeconds }))
            {
                errors.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }

        TolerationRules.Validate(tolerations, path, errors);
    }

    private static void ValidateSchedulingGates(
        ApiList<PodSchedulingGate> gates, ApiList<PodSchedulingGate> old, FieldErrors errors)
    {
        for (int i = 0; i < gates.Count; i++)
        {
            if (!old.Contains(gates[i]))
            {
                errors.Forbidden(
                    SpecPath.Child("schedulingGates").Index(i).Child("name"),
                    $"only deletion is allowed, but found new scheduling gate '{gates[i].Name}'");
            }
        }
    }

    /// <summary>Everything that was not validated above must be as it was.</summary>
    private static void ValidateUnchanged(PodSpec spec, PodSpec old, FieldErrors errors)
    {
        if (spec == old)
        {
            return;
        }

        PodSpec masked = spec with
        {
            Containers = WithImages(spec.Containers, old.Containers),
            InitContainers = WithImages(spec.InitContainers, old.InitContainers),
            ActiveDeadlineSeconds = old.ActiveDeadlineSeconds,
            SchedulingGates = old.SchedulingGates,
            Tolerations = old.Tolerations,
            TerminationGracePeriodSeconds = old.TerminationGracePeriodSeconds < 0
                && spec.TerminationGracePeriodSeconds == 1
                ? old.TerminationGracePeriodSeconds
                : spec.TerminationGracePeriodSeconds,
        };
        if (old.SchedulingGates.Count > 0)
        {
            masked = GatedPod.Mask(masked, old, SpecPath, errors);
        }

        if (masked != old)
        {
            string difference = ErrorValue.Difference(
                UnversionedText.Of(old, PodSpec.WireSchema), UnversionedText.Of(masked, PodSpec.WireSchema));
            errors.Forbidden(SpecPath, $"pod updates may not change fields other than {MutableFields}\n{difference}");
        }
    }

    private static ApiList<Container> WithImages(ApiList<Container> containers, ApiList<Container> old) =>
        containers.Zip(old, (now, before) => now with { Image = before.Image }).ToApiList();
}
