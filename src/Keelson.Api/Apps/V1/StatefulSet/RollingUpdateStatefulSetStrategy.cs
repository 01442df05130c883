using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Apps.V1;

/// <summary>Settings of a stateful set's rolling update.</summary>
[ApiType("io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy")]
public sealed partial record RollingUpdateStatefulSetStrategy
{
    /// <summary>
    /// Lowest ordinal to update. Pods with this ordinal or a higher one get the new template; lower ones keep the
    /// old, which allows staged rollouts. Defaults to 0, meaning all pods.
    /// </summary>
    [Field(1)]
    public partial int? Partition { get; init; }

    /// <summary>
    /// How many pods may be unavailable during the update, as a number of at least 1 or a percentage (rounded up).
    /// Defaults to 1; unavailable pods anywhere in the set count against it. Needs the MaxUnavailableStatefulSet
    /// feature.
    /// </summary>
    [Field(2)]
    public partial IntOrString? MaxUnavailable { get; init; }
}
