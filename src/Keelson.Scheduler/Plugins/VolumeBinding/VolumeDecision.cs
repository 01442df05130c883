using Keelson.Api.Core.V1;
using Keelson.Scheduler.Framework;

namespace Keelson.Scheduler.Plugins.VolumeBinding;

/// <summary>What becomes of a pod's claims that have no volume yet, on the node that was chosen.</summary>
internal sealed class VolumeDecision(
    IReadOnlyList<(PersistentVolumeClaim Claim, PersistentVolume Volume)> bindings,
    IReadOnlyList<PersistentVolumeClaim> provisions) : ICycleData
{
    /// <summary>Claims and the volumes they get.</summary>
    public IReadOnlyList<(PersistentVolumeClaim Claim, PersistentVolume Volume)> Bindings => bindings;

    /// <summary>Claims whose volumes are made for the node.</summary>
    public IReadOnlyList<PersistentVolumeClaim> Provisions => provisions;

    /// <summary>True when all claims have their volumes.</summary>
    public bool IsEmpty => Bindings.Count + Provisions.Count == 0;

    /// <inheritdoc/>
    public ICycleData Clone() => this;
}

/// <summary>A pod's claims: those with volumes, and those that wait for the pod to get one.</summary>
internal sealed class VolumeNeeds(
    IReadOnlyList<PersistentVolumeClaim> bound, IReadOnlyList<PersistentVolumeClaim> waiting) : ICycleData
{
    /// <summary>Claims with volumes.</summary>
    public IReadOnlyList<PersistentVolumeClaim> Bound => bound;

    /// <summary>Claims without; the smallest comes first.</summary>
    public IReadOnlyList<PersistentVolumeClaim> Waiting => waiting;

    /// <inheritdoc/>
    public ICycleData Clone() => this;
}
