using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One observed aspect of a claim.</summary>
[ApiType("io.k8s.api.core.v1.PersistentVolumeClaimCondition")]
public sealed partial record PersistentVolumeClaimCondition
{
    /// <summary>Which aspect, for example Resizing, FileSystemResizePending, ModifyVolumeError or Unused.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.PersistentVolumeClaimConditionType")]
    public partial string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>When the condition was last checked.</summary>
    [Field(3)]
    public partial Time LastProbeTime { get; init; }

    /// <summary>When status last changed its value.</summary>
    [Field(4)]
    public partial Time LastTransitionTime { get; init; }

    /// <summary>
    /// CamelCase word giving the cause of the last transition; Resizing means that the expansion is being carried
    /// out.
    /// </summary>
    [Field(5)]
    public partial string Reason { get; init; }

    /// <summary>Readable details of the last transition.</summary>
    [Field(6)]
    public partial string Message { get; init; }
}
