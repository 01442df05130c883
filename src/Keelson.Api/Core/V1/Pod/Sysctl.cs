using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A kernel parameter to set for the pod.</summary>
[ApiType("io.k8s.api.core.v1.Sysctl")]
public sealed partial record Sysctl
{
    /// <summary>
    /// Name of the parameter, with dots or slashes as separators, for example net.core.somaxconn.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Value to assign.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Value { get; init; }
}
