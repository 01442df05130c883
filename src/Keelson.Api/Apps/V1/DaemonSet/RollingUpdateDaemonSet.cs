using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>Pace of a daemon set's rolling update.</summary>
[ApiType("io.k8s.api.apps.v1.RollingUpdateDaemonSet")]
public sealed partial record RollingUpdateDaemonSet
{
    /// <summary>
    /// How many nodes may be without an available daemon pod during the update, as a number or a percentage of the
    /// desired nodes (rounded up). Defaults to 1. It may be 0 only if maxSurge is not.
    /// </summary>
    [Field(1)]
    public partial IntOrString? MaxUnavailable { get; init; }

    /// <summary>
    /// How many nodes may run an extra, new daemon pod beside the old one during the update, as a number or a
    /// percentage of the desired nodes (rounded up). Defaults to 0. Daemons that hold host resources such as host
    /// ports cannot use it safely.
    /// </summary>
    [Field(2)]
    public partial IntOrString? MaxSurge { get; init; }
}
