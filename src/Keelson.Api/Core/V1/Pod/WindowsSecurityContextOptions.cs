using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Settings for containers on Windows.</summary>
[ApiType("io.k8s.api.core.v1.WindowsSecurityContextOptions")]
public sealed partial record WindowsSecurityContextOptions
{
    /// <summary>Name of the GMSA credential spec to use.</summary>
    [Field(1)]
    public partial string? GmsaCredentialSpecName { get; init; }

    /// <summary>
    /// Content of the GMSA credential spec; usually filled in by an admission webhook from the name.
    /// </summary>
    [Field(2)]
    public partial string? GmsaCredentialSpec { get; init; }

    /// <summary>Windows user of the first process. Defaults to the user of the image.</summary>
    [Field(3)]
    public partial string? RunAsUserName { get; init; }

    /// <summary>
    /// Runs the container as a process of the host. Must be the same for all containers of a pod and needs
    /// hostNetwork. Defaults to false.
    /// </summary>
    [Field(4)]
    public partial bool? HostProcess { get; init; }
}
