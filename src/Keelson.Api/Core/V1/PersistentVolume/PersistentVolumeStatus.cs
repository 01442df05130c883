using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Place of a volume in its life cycle.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeStatus")]
public sealed partial record PersistentVolumeStatus
{
    /// <summary>
    /// Pending (not ready), Available (free), Bound, Released (claim gone, not reclaimed yet) or Failed (reclaiming
    /// failed).
    /// </summary>
    [Field(1, Enum = typeof(PersistentVolumePhase))]
    public partial string Phase { get; init; }

    /// <summary>Readable explanation of the state.</summary>
    [Field(2)]
    public partial string Message { get; init; }

    /// <summary>CamelCase word for a failure.</summary>
    [Field(3)]
    public partial string Reason { get; init; }

    /// <summary>When phase last changed.</summary>
    [Field(4)]
    public partial Time? LastPhaseTransitionTime { get; init; }
}
