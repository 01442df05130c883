using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One observed aspect of the state of a pod.</summary>
[ApiType("io.k8s.api.core.v1.PodCondition")]
public sealed partial record PodCondition
{
    /// <summary>
    /// Which aspect this is, for example Ready, PodScheduled, Initialized, ContainersReady, DisruptionTarget,
    /// PodResizePending. Other components may add types of their own, written as a qualified name.
    /// </summary>
    [Field(1, Always = true, Required = true, GoType = "v1.PodConditionType")]
    public partial string Type { get; init; }

    /// <summary>The metadata.generation of the pod the condition was computed from.</summary>
    [Field(7)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>When the condition was last checked. Usually left empty.</summary>
    [Field(3)]
    public partial Time LastProbeTime { get; init; }

    /// <summary>When status last changed its value.</summary>
    [Field(4)]
    public partial Time LastTransitionTime { get; init; }

    /// <summary>CamelCase word giving the cause of the last transition.</summary>
    [Field(5)]
    public partial string Reason { get; init; }

    /// <summary>Readable details of the last transition.</summary>
    [Field(6)]
    public partial string Message { get; init; }
}
