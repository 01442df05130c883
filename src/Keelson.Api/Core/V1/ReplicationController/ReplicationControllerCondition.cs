using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One observed aspect of a replication controller.</summary>
[ApiType("io.k8s.api.core.v1.ReplicationControllerCondition")]
public sealed partial record ReplicationControllerCondition
{
    /// <summary>Which aspect; ReplicaFailure is the only known one.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ReplicationControllerConditionType")]
    public partial string Type { get; init; }

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ConditionStatus")]
    public partial string Status { get; init; }

    /// <summary>When status last changed its value.</summary>
    [Field(3)]
    public partial Time LastTransitionTime { get; init; }

    /// <summary>Short cause of the last transition.</summary>
    [Field(4)]
    public partial string Reason { get; init; }

    /// <summary>Readable details of the last transition.</summary>
    [Field(5)]
    public partial string Message { get; init; }
}
