using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The pods of a replication controller.</summary>
[ApiType("io.k8s.api.core.v1.ReplicationControllerStatus")]
public sealed partial record ReplicationControllerStatus
{
    /// <summary>Number of pods that exist.</summary>
    [Field(1, Always = true, Required = true)]
    public partial int Replicas { get; init; }

    /// <summary>Number of pods with all the labels of the template.</summary>
    [Field(2)]
    public partial int FullyLabeledReplicas { get; init; }

    /// <summary>Number of pods that are ready.</summary>
    [Field(4)]
    public partial int ReadyReplicas { get; init; }

    /// <summary>Number of pods that have been ready for minReadySeconds.</summary>
    [Field(5)]
    public partial int AvailableReplicas { get; init; }

    /// <summary>Generation of the object that the status reflects.</summary>
    [Field(3)]
    public partial long ObservedGeneration { get; init; }

    /// <summary>Observations, one entry per type.</summary>
    [Field(6, List = ListType.Map, Keys = "type", PatchStrategy = "merge", MergeKey = "type")]
    public partial ApiList<ReplicationControllerCondition> Conditions { get; init; }
}
