using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

/// <summary>Desired state of a replica set.</summary>
[ApiType("io.k8s.api.apps.v1.ReplicaSetSpec")]
public sealed partial record ReplicaSetSpec
{
    /// <summary>Number of pods to keep running. Zero is allowed; an omitted value becomes 1.</summary>
    [Field(1)]
    public partial int? Replicas { get; init; }

    /// <summary>
    /// Seconds a new pod must stay ready, with no container crashing, before it counts as available. Defaults to 0.
    /// </summary>
    [Field(4)]
    public partial int MinReadySeconds { get; init; }

    /// <summary>
    /// Labels of the pods to count and manage. Required, must match the template's labels, and cannot be changed
    /// after creation.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial LabelSelector? Selector { get; init; }

    /// <summary>
    /// Pod to create when too few match. A change affects only pods created later; existing ones are left alone.
    /// </summary>
    [Field(3)]
    public partial PodTemplateSpec Template { get; init; }
}
