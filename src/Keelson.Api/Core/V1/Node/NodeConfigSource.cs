using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: source of the former dynamic kubelet configuration.</summary>
[ApiType("io.k8s.api.core.v1.NodeConfigSource")]
public sealed partial record NodeConfigSource
{
    /// <summary>ConfigMap on the API server.</summary>
    [Field(2)]
    public partial ConfigMapNodeConfigSource? ConfigMap { get; init; }
}
