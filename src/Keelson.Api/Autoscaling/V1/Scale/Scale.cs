using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Autoscaling.V1;

/// <summary>Number of replicas of a workload, as read and written through its scale subresource.</summary>
[ApiType("io.k8s.api.autoscaling.v1.Scale")]
[Kind("autoscaling", "v1", "", Singular = "", Namespaced = true, Verbs = "create")]
public sealed partial record Scale : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Number of replicas wanted.</summary>
    [Field(2)]
    public partial ScaleSpec Spec { get; init; }

    /// <summary>Number of replicas present. Read-only.</summary>
    [Field(3)]
    public partial ScaleStatus Status { get; init; }
}
