using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>What the parts of a pod have to know of each other while the pod is validated.</summary>
internal sealed class PodScope(PodSpec spec, PodValidationOptions options, FieldErrors errors)
{
    private HashSet<string>? _claimNames;

    /// <summary>The pod's spec.</summary>
    public PodSpec Spec { get; } = spec;

    /// <summary>What old objects may keep.</summary>
    public PodValidationOptions Options { get; } = options;

    /// <summary>Where errors go.</summary>
    public FieldErrors Errors { get; } = errors;

    /// <summary>The valid volumes by name.</summary>
    public Dictionary<string, VolumeSource> Volumes { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of the pod's resource claims.</summary>
    public HashSet<string> ClaimNames =>
        _claimNames ??= [.. Spec.ResourceClaims.Select(one => one.Name).Where(one => one.Length > 0)];

    /// <summary>True unless the pod has a user namespace of its own.</summary>
    public bool UsesHostUsers => Spec.HostUsers ?? true;
}
