using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>What a container is doing. At most one field is set; none means waiting.</summary>
[ApiType("io.k8s.api.core.v1.ContainerState")]
public sealed partial record ContainerState
{
    /// <summary>
    /// Set while the container cannot run yet, because its image is pulled or it backs off after a crash for
    /// instance.
    /// </summary>
    [Field(1)]
    public partial ContainerStateWaiting? Waiting { get; init; }

    /// <summary>Set while the container runs.</summary>
    [Field(2)]
    public partial ContainerStateRunning? Running { get; init; }

    /// <summary>Set after the container has ended.</summary>
    [Field(3)]
    public partial ContainerStateTerminated? Terminated { get; init; }
}
