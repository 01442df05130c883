using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Capabilities of a runtime handler.</summary>
[ApiType("io.k8s.api.core.v1.NodeRuntimeHandlerFeatures")]
public sealed partial record NodeRuntimeHandlerFeatures
{
    /// <summary>Whether it supports recursive read-only mounts.</summary>
    [Field(1)]
    public partial bool? RecursiveReadOnlyMounts { get; init; }

    /// <summary>Whether it supports user namespaces, for pods with hostUsers false.</summary>
    [Field(2)]
    public partial bool? UserNamespaces { get; init; }
}
