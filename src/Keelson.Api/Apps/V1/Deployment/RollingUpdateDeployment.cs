using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>Pace of a deployment's rolling update.</summary>
[ApiType("io.k8s.api.apps.v1.RollingUpdateDeployment")]
public sealed partial record RollingUpdateDeployment
{
    /// <summary>
    /// How many pods below the desired count may be missing during the update, as a number or a percentage (rounded
    /// down). Defaults to 25%. It may be 0 only if maxSurge is not.
    /// </summary>
    [Field(1)]
    public partial IntOrString? MaxUnavailable { get; init; }

    /// <summary>
    /// How many pods above the desired count may exist during the update, as a number or a percentage (rounded up).
    /// Defaults to 25%. It may be 0 only if maxUnavailable is not.
    /// </summary>
    [Field(2)]
    public partial IntOrString? MaxSurge { get; init; }
}
