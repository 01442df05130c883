using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Why a container does not run yet.</summary>
[ApiType("io.k8s.api.core.v1.ContainerStateWaiting")]
public sealed partial record ContainerStateWaiting
{
    /// <summary>Short cause, for example ContainerCreating, ImagePullBackOff or CrashLoopBackOff.</summary>
    [Field(1)]
    public partial string Reason { get; init; }

    /// <summary>Readable details of the cause.</summary>
    [Field(2)]
    public partial string Message { get; init; }
}
