using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The pods a replication controller should maintain.</summary>
[ApiType("io.k8s.api.core.v1.ReplicationControllerSpec")]
public sealed partial record ReplicationControllerSpec
{
    /// <summary>Wanted number of pods. Defaults to 1.</summary>
    [Field(1, Default = "1")]
    public partial int? Replicas { get; init; }

    /// <summary>Seconds a pod must be ready to count as available. Defaults to 0.</summary>
    [Field(4, Default = "0")]
    public partial int MinReadySeconds { get; init; }

    /// <summary>Labels of the pods that are counted. Defaults to the labels of the template.</summary>
    [Field(2, Atomic = true)]
    public partial ApiMap<string> Selector { get; init; }

    /// <summary>Blueprint of the pods. Its restartPolicy must be Always.</summary>
    [Field(3)]
    public partial PodTemplateSpec? Template { get; init; }
}
