using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A ConfigMap as a source of environment variables; each key becomes the name of one.</summary>
[ApiType("io.k8s.api.core.v1.ConfigMapEnvSource")]
public sealed partial record ConfigMapEnvSource
{
    /// <summary>A ConfigMap as a source of environment variables; each key becomes the name of one.</summary>
    [Field(1, Inline = true)]
    public partial LocalObjectReference LocalObjectReference { get; init; }

    /// <summary>If true the container starts even if the ConfigMap does not exist. Defaults to false.</summary>
    [Field(2)]
    public partial bool? Optional { get; init; }
}
