using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Choice of an AppArmor profile.</summary>
[ApiType("io.k8s.api.core.v1.AppArmorProfile")]
public sealed partial record AppArmorProfile
{
    /// <summary>
    /// RuntimeDefault uses the profile of the runtime, Localhost one loaded on the node, Unconfined none.
    /// </summary>
    [Field(1, Always = true, Required = true, Enum = typeof(AppArmorProfileType))]
    public partial string Type { get; init; }

    /// <summary>
    /// Name of a profile that has been loaded on the node. Required with Localhost and not allowed otherwise.
    /// </summary>
    [Field(2)]
    public partial string? LocalhostProfile { get; init; }
}
