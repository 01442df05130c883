using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A periodic health check of a container, carried out by the kubelet.</summary>
[ApiType("io.k8s.api.core.v1.Probe")]
public sealed partial record Probe
{
    /// <summary>A periodic health check of a container, carried out by the kubelet.</summary>
    [Field(1, Inline = true)]
    public partial ProbeHandler ProbeHandler { get; init; }

    /// <summary>Seconds to wait after the start of the container before the first check. Defaults to 0.</summary>
    [Field(2)]
    public partial int InitialDelaySeconds { get; init; }

    /// <summary>Seconds after which one check counts as failed. Defaults to 1, which is also the minimum.</summary>
    [Field(3)]
    public partial int TimeoutSeconds { get; init; }

    /// <summary>Seconds from one check to the next. Defaults to 10, minimum 1.</summary>
    [Field(4)]
    public partial int PeriodSeconds { get; init; }

    /// <summary>
    /// Number of successes in a row needed to count as healthy after a failure. Defaults to 1; must be 1 for
    /// liveness and startup probes.
    /// </summary>
    [Field(5)]
    public partial int SuccessThreshold { get; init; }

    /// <summary>
    /// Number of failures in a row after which the container counts as unhealthy. Defaults to 3, minimum 1.
    /// </summary>
    [Field(6)]
    public partial int FailureThreshold { get; init; }

    /// <summary>
    /// Seconds a container gets to stop when this probe has failed, instead of the value of the pod. Minimum 1; not
    /// allowed for readiness probes.
    /// </summary>
    [Field(7)]
    public partial long? TerminationGracePeriodSeconds { get; init; }
}
