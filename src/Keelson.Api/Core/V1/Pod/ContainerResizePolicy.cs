using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>What a change of one resource means for a running container.</summary>
[ApiType("io.k8s.api.core.v1.ContainerResizePolicy")]
public sealed partial record ContainerResizePolicy
{
    /// <summary>The resource: cpu or memory.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ResourceName")]
    public partial string ResourceName { get; init; }

    /// <summary>
    /// NotRequired applies the change in place, RestartContainer restarts the container to apply it. Defaults to
    /// NotRequired.
    /// </summary>
    [Field(2, Always = true, Required = true, GoType = "v1.ResourceResizeRestartPolicy")]
    public partial string RestartPolicy { get; init; }
}
