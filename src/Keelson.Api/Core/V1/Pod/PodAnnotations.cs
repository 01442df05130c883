using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Annotations that mean something to a pod, some of them older than the fields that replaced them.</summary>
public static class PodAnnotations
{
    /// <summary>Marks the image in the API of a pod that a kubelet runs from a file.</summary>
    public const string Mirror = "kubernetes.io/config.mirror";

    /// <summary>How costly it is to delete the pod rather than its siblings.</summary>
    public const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    internal const string SeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
    internal const string SeccompContainerPrefix = "container.seccomp.security.alpha.kubernetes.io/";
    internal const string AppArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";

    private const string LocalhostPrefix = "localhost/";
    private const string RuntimeDefault = "runtime/default";
    private const string DockerDefault = "docker/default";
    private const string Unconfined = "unconfined";

    /// <summary>The pod's deletion cost; 0 where none or no number is given.</summary>
    public static int GetDeletionCost(ApiMap<string> annotations) =>
        annotations.TryGetValue(DeletionCost, out string? text) && TryParseCost(text, out int cost) ? cost : 0;

    internal static bool HasInvalidDeletionCost(ApiMap<string> annotations) =>
        annotations.TryGetValue(DeletionCost, out string? text) && !TryParseCost(text, out _);

    /// <summary>Validates the annotations of a pod or template.</summary>
    internal static void Validate(
        ApiMap<string> annotations, PodSpec spec, FieldPath path, PodValidationOptions options, FieldErrors errors)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        if (annotations.TryGetValue(Mirror, out string? mirror) && spec.NodeName.Length == 0)
        {
            errors.Invalid(path.Key(Mirror), mirror, "must set spec.nodeName if mirror pod annotation is set");
        }

        if (!options.AllowInvalidDeletionCost && HasInvalidDeletionCost(annotations))
        {
            errors.Invalid(path.Key(DeletionCost), annotations[DeletionCost], "must be a 32bit integer");
        }

        if (annotations.TryGetValue(SeccompPod, out string? profile))
        {
            ValidateSeccomp(profile, path.Child(SeccompPod), errors);
        }

        foreach ((string key, string value) in annotations)
        {
            if (key.StartsWith(SeccompContainerPrefix, StringComparison.Ordinal))
            {
                ValidateSeccomp(value, path.Child(key), errors);
            }
        }

        foreach ((string key, string value) in annotations)
        {
            if (key.StartsWith(AppArmorPrefix, StringComparison.Ordinal))
            {
                ValidateAppArmor(key, value, spec, path.Key(key), errors);
            }
        }
    }

    /// <summary>Validates that annotations which describe what runs did not change.</summary>
    internal static void ValidateUpdate(
        Pod pod, Pod old, FieldPath path, PodValidationOptions options, FieldErrors errors)
    {
        ApiMap<string> annotations = pod.Metadata.Annotations;
        foreach ((string key, string value) in old.Metadata.Annotations)
        {
            if (annotations.TryGetValue(key, out string? now) && now == value)
            {
                continue;
            }

            if (key.StartsWith(AppArmorPrefix, StringComparison.Ordinal))
            {
                errors.Forbidden(path.Key(key), "may not remove or update AppArmor annotations");
            }

            if (key == Mirror)
            {
                errors.Forbidden(path.Key(key), "may not remove or update mirror pod annotation");
            }
        }

        foreach ((string key, _) in annotations)
        {
            bool isNew = !old.Metadata.Annotations.ContainsKey(key);
            if (isNew && key.StartsWith(AppArmorPrefix, StringComparison.Ordinal))
            {
                errors.Forbidden(path.Key(key), "may not add AppArmor annotations");
            }

            if (isNew && key == Mirror)
            {
                errors.Forbidden(path.Key(key), "may not add mirror pod annotation");
            }
        }

        Validate(annotations, pod.Spec, path, options, errors);
    }

    /// <summary>Validates that seccomp annotations and fields, where both are given, say the same.</summary>
    internal static void ValidateSeccompMatches(
        ApiMap<string> annotations, PodSpec spec, FieldPath path, FieldErrors errors)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        ValidateMatch(SeccompPod, spec.SecurityContext?.SeccompProfile, path);
        spec.VisitContainers(
            path,
            (container, at) =>
                ValidateMatch(SeccompContainerPrefix + container.Name, container.SecurityContext?.SeccompProfile, at));

        void ValidateMatch(string key, SeccompProfile? profile, FieldPath owner)
        {
            if (profile is not null && annotations.TryGetValue(key, out string? value))
            {
                Compare(
                    (profile.Type, profile.LocalhostProfile),
                    value == DockerDefault ? RuntimeDefault : value,
                    "seccomp",
                    owner.Child("securityContext").Child("seccompProfile"),
                    errors);
            }
        }
    }

    /// <summary>Validates that AppArmor annotations and fields, where both are given, say the same.</summary>
    internal static void ValidateAppArmorMatches(
        ApiMap<string> annotations, PodSpec spec, FieldPath path, FieldErrors errors)
    {
        if (annotations.Count == 0 || spec.Os?.Name == OSName.Windows)
        {
            return;
        }

        AppArmorProfile? ofPod = spec.SecurityContext?.AppArmorProfile;
        spec.VisitContainers(path, (container, at) =>
        {
            AppArmorProfile? profile = container.SecurityContext?.AppArmorProfile ?? ofPod;
            if (profile is not null && annotations.TryGetValue(AppArmorPrefix + container.Name, out string? value))
            {
                Compare(
                    (profile.Type, profile.LocalhostProfile),
                    value,
                    "apparmor",
                    at.Child("securityContext").Child("appArmorProfile"),
                    errors);
            }
        });
    }

    /// <summary>The profile that an annotation stands for; null for one that is not valid.</summary>
    internal static AppArmorProfile? ToAppArmorProfile(string annotation) => annotation switch
    {
        Unconfined => new() { Type = AppArmorProfileType.Unconfined },
        RuntimeDefault => new() { Type = AppArmorProfileType.RuntimeDefault },
        _ when annotation.StartsWith(LocalhostPrefix, StringComparison.Ordinal) && annotation.Trim() == annotation
            && annotation.Length > LocalhostPrefix.Length && !char.IsWhiteSpace(annotation[LocalhostPrefix.Length]) =>
            new() { Type = AppArmorProfileType.Localhost, LocalhostProfile = annotation[LocalhostPrefix.Length..] },
        _ => null,
    };

    private static bool TryParseCost(string text, out int cost)
    {
        cost = 0;
        bool shaped = text is ['-', ..] or "0" or [>= '1' and <= '9', ..];
        return shaped && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out cost);
    }

    private static void ValidateSeccomp(string profile, FieldPath path, FieldErrors errors)
    {
        if (profile.StartsWith(LocalhostPrefix, StringComparison.Ordinal))
        {
            PathRules.LocalDescending(profile[LocalhostPrefix.Length..], path, errors);
        }
        else if (profile is not (RuntimeDefault or DockerDefault or Unconfined))
        {
            errors.Invalid(path, profile, "must be a valid seccomp profile");
        }
    }

    private static void ValidateAppArmor(string key, string profile, PodSpec spec, FieldPath path, FieldErrors errors)
    {
        string container = key[AppArmorPrefix.Length..];
        if (!spec.AllContainers().Any(one => one.Name == container))
        {
            errors.Invalid(path, container, "container not found");
        }

        if (profile is not ("" or RuntimeDefault or Unconfined)
            && !profile.StartsWith(LocalhostPrefix, StringComparison.Ordinal))
        {
            errors.Invalid(path, profile, $"invalid AppArmor profile name: {GoText.Quote(profile)}");
        }
    }

    private static void Compare(
        (string Type, string? Localhost) field, string annotation, string name, FieldPath path, FieldErrors errors)
    {
        bool sameType = field.Type switch
        {
            SeccompProfileType.Unconfined => annotation == Unconfined,
            SeccompProfileType.RuntimeDefault => annotation == RuntimeDefault,
            SeccompProfileType.Localhost => annotation.StartsWith(LocalhostPrefix, StringComparison.Ordinal),
            _ => true,
        };
        if (!sameType)
        {
            errors.Forbidden(path.Child("type"), $"{name} type in annotation and field must match");
        }
        else if (field.Type == SeccompProfileType.Localhost && annotation != LocalhostPrefix + field.Localhost)
        {
            errors.Forbidden(path.Child("localhostProfile"), $"{name} profile in annotation and field must match");
        }
    }
}
