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
}
