using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

/// <summary>How a daemon set replaces its pods after a template change.</summary>
[ApiType("io.k8s.api.apps.v1.DaemonSetUpdateStrategy")]
public sealed partial record DaemonSetUpdateStrategy
{
    /// <summary>
    /// Either RollingUpdate, which replaces pods automatically, or OnDelete, which replaces a pod only after
    /// someone deletes it. Defaults to RollingUpdate.
    /// </summary>
    [Field(1, Enum = typeof(DaemonSetUpdateStrategyType))]
    public partial string Type { get; init; }

    /// <summary>Settings for the rolling update; only allowed when type is RollingUpdate.</summary>
    [Field(2)]
    public partial RollingUpdateDaemonSet? RollingUpdate { get; init; }
}
