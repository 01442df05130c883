using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>
/// Rules became stricter over time. An object that broke one before it existed can still be updated: what the old object
/// already violates is allowed in the new one.
/// </summary>
internal sealed record PodValidationOptions
{
    /// <summary>The rules for a pod template on create.</summary>
    public static PodValidationOptions Template { get; } = new();

    /// <summary>The rules for a pod on create.</summary>
    public static PodValidationOptions Pod { get; } = new() { IsPod = true };

    /// <summary>The spec belongs to a pod, not to a template.</summary>
    public bool IsPod { get; init; }

    public bool AllowInvalidDeletionCost { get; init; }

    public bool AllowIndivisibleHugePages { get; init; }

    public bool AllowInvalidLabelValueInSelector { get; init; }

    public bool AllowInvalidLabelValueInNodeAffinity { get; init; }

    public bool AllowInvalidTopologySpreadSelector { get; init; }

    public bool OldViolatesMatchLabelKeys { get; init; }

    public bool AllowNonLocalTokenPath { get; init; }

    public bool AllowHostSysctls { get; init; }

    public bool AllowVolumeDevicesWithUserNamespaces { get; init; }

    public bool AllowRestartOnResizeOfInitContainers { get; init; }

    /// <summary>The rules for an update of <paramref name="old"/>; null for a create.</summary>
    public static PodValidationOptions For(PodSpec? old, ApiMap<string> oldAnnotations, bool isPod)
    {
        PodValidationOptions create = isPod ? Pod : Template;
        if (old is null)
        {
            return create;
        }

        FieldPath path = FieldPath.Of("spec");
        return create with
        {
            AllowInvalidDeletionCost = PodAnnotations.HasInvalidDeletionCost(oldAnnotations),
            AllowIndivisibleHugePages = UsesIndivisibleHugePages(old),
            AllowInvalidLabelValueInSelector = Violates(errors => ValidateAffinitySelectors(old, path, errors)),
            AllowInvalidLabelValueInNodeAffinity = Violates(
                errors => old.Affinity?.NodeAffinity?.Validate(false, path, errors)),
            AllowInvalidTopologySpreadSelector = Violates(errors => ValidateSpreadSelectors(old, path, errors)),
            OldViolatesMatchLabelKeys = Violates(errors => ValidateSpreadKeys(old, path, errors)),
            AllowNonLocalTokenPath = Violates(errors => ValidateTokenPaths(old, path, errors)),
            AllowHostSysctls = old.SecurityContext is { } context
                && context.Sysctls.Any(one => PodSecurityContext.HostSysctlError(one.Name, old) is not null),
            AllowVolumeDevicesWithUserNamespaces = old.HostUsers == false
                && old.AllContainers().Any(one => one.VolumeDevices.Count > 0),
            AllowRestartOnResizeOfInitContainers = old.InitContainers.Any(one => !PodResources.IsSidecar(one)
                && one.ResizePolicy.Any(each =>
                    each.RestartPolicy == ResourceResizeRestartPolicy.RestartContainer)),
        };
    }

    private static bool Violates(Action<FieldErrors> check)
    {
        FieldErrors errors = new();
        check(errors);
        return errors.Count > 0;
    }

    private static bool UsesIndivisibleHugePages(PodSpec spec) =>
        spec.AllContainers().Any(one =>
            one.Resources.Limits.Concat(one.Resources.Requests)
                .Any(each => ResourceRules.IsHugePages(each.Key) && !ResourceRules.IsWholePages(each.Key, each.Value)));

    private static void ValidateAffinitySelectors(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        foreach (PodAffinityTerm one in spec.Affinity?.PodTerms() ?? [])
        {
            LabelSelectorRules.Validate(one.LabelSelector, path, errors);
            LabelSelectorRules.Validate(one.NamespaceSelector, path, errors);
        }
    }

    private static void ValidateSpreadSelectors(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        foreach (TopologySpreadConstraint one in spec.TopologySpreadConstraints)
        {
            LabelSelectorRules.Validate(one.LabelSelector, path, errors);
        }
    }

    private static void ValidateSpreadKeys(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        foreach (TopologySpreadConstraint one in spec.TopologySpreadConstraints)
        {
            MatchLabelKeyRules.Validate(one.MatchLabelKeys, [], one.LabelSelector, path, errors);
        }
    }

    private static void ValidateTokenPaths(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        foreach (Volume volume in spec.Volumes)
        {
            foreach (VolumeProjection source in volume.VolumeSource.Projected?.Sources ?? default)
            {
                if (source.ServiceAccountToken is { } token)
                {
                    PathRules.LocalNonReserved(token.Path, path, errors);
                }
            }
        }
    }
}
