using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Volumes;

/// <summary>A volume of a pod, its claim resolved.</summary>
internal sealed record PodVolume
{
    /// <summary>The pod.</summary>
    public required Pod Pod { get; init; }

    /// <summary>The volume's name in the pod.</summary>
    public required string Name { get; init; }

    /// <summary>The pod's words for where it comes from.</summary>
    public required VolumeSource Source { get; init; }

    /// <summary>What the pod's claim is bound to; null for volumes without a claim.</summary>
    public PersistentVolume? Persistent { get; init; }

    /// <summary>The claim.</summary>
    public PersistentVolumeClaim? Claim { get; init; }

    /// <summary>True when the pod gets it as a device.</summary>
    public bool IsBlock { get; init; }

    /// <summary>
    /// The name under which directories and messages know it: the persistent volume's when there is one.
    /// </summary>
    public string SpecName => Persistent?.Metadata.Name ?? Name;

    /// <summary>The group that is to own the content; null for none.</summary>
    public long? FsGroup => Pod.Spec.SecurityContext?.FsGroup;

    /// <summary>True when the pod's claim asks for no more than reading.</summary>
    public bool IsClaimReadOnly => Source.PersistentVolumeClaim?.ReadOnly == true;
}
