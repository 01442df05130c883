using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Choice of a filter for system calls.</summary>
[ApiType("io.k8s.api.core.v1.SeccompProfile")]
public sealed partial record SeccompProfile
{
    /// <summary>
    /// RuntimeDefault uses the profile of the runtime, Localhost a file on the node, Unconfined none.
    /// </summary>
    [Field(1, Always = true, Required = true, Enum = typeof(SeccompProfileType))]
    public partial string Type { get; init; }

    /// <summary>
    /// File with the profile, relative to the seccomp directory of the kubelet. Required with Localhost and not
    /// allowed otherwise.
    /// </summary>
    [Field(2)]
    public partial string? LocalhostProfile { get; init; }
}
