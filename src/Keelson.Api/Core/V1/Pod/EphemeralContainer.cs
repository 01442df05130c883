using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>
/// A container that is added to a running pod for inspection, as kubectl debug does. It has no resource guarantees,
/// is never restarted and cannot be removed.
/// </summary>
[ApiType("io.k8s.api.core.v1.EphemeralContainer")]
public sealed partial record EphemeralContainer
{
    /// <summary>
    /// A container that is added to a running pod for inspection, as kubectl debug does. It has no resource
    /// guarantees, is never restarted and cannot be removed.
    /// </summary>
    [Field(1, Inline = true)]
    public partial EphemeralContainerCommon EphemeralContainerCommon { get; init; }

    /// <summary>
    /// Container of the pod whose namespaces (processes, IPC) the new container joins. If empty, those set in the
    /// pod spec are used. Needs support by the container runtime.
    /// </summary>
    [Field(2)]
    public partial string TargetContainerName { get; init; }
}
