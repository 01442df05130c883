using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Hooks around the life of a container, which the kubelet carries out.</summary>
[ApiType("io.k8s.api.core.v1.Lifecycle")]
public sealed partial record Lifecycle
{
    /// <summary>
    /// Run right after the container was created, in parallel to its entrypoint. If it fails the container is
    /// killed and handled by its restart policy; until it has finished the container does not count as running.
    /// </summary>
    [Field(1)]
    public partial LifecycleHandler? PostStart { get; init; }

    /// <summary>
    /// Run before the container is stopped because of an API request or a failed probe, not when it ends by itself.
    /// The grace period keeps running meanwhile; the stop signal is sent afterwards.
    /// </summary>
    [Field(2)]
    public partial LifecycleHandler? PreStop { get; init; }

    /// <summary>
    /// Signal that asks the process to stop, instead of the one in the image or SIGTERM. Needs spec.os.name to be
    /// set on the pod.
    /// </summary>
    [Field(3, Enum = typeof(Signal))]
    public partial string? StopSignal { get; init; }
}
