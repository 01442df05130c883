using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>
/// Points to an object with further configuration of an ingress class, in the cluster scope or in a namespace.
/// </summary>
[ApiType("io.k8s.api.networking.v1.IngressClassParametersReference")]
public sealed partial record IngressClassParametersReference
{
    /// <summary>API group of the referenced kind; empty or unset means the core group.</summary>
    [Field(1)]
    public partial string? ApiGroup { get; init; }

    /// <summary>Kind of the referenced object.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Kind { get; init; }

    /// <summary>Name of the referenced object.</summary>
    [Field(3, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>
    /// Whether the referenced object is cluster-wide or in a namespace: Cluster or Namespace. Defaults to Cluster.
    /// </summary>
    [Field(4, Always = true)]
    public partial string? Scope { get; init; }

    /// <summary>
    /// Namespace of the referenced object. Required when scope is Namespace and forbidden otherwise.
    /// </summary>
    [Field(5)]
    public partial string? Namespace { get; init; }
}
