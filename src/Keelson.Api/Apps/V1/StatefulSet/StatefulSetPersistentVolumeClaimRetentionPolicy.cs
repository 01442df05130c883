using Keelson.Api.Kinds;

namespace Keelson.Api.Apps.V1;

/// <summary>What becomes of the claims created from volumeClaimTemplates when pods go away for good.</summary>
[ApiType("io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy")]
public sealed partial record StatefulSetPersistentVolumeClaimRetentionPolicy
{
    /// <summary>
    /// What to do with all claims when the stateful set is deleted: Retain keeps them, Delete removes them.
    /// Defaults to Retain.
    /// </summary>
    [Field(1, GoType = "v1.PersistentVolumeClaimRetentionPolicyType")]
    public partial string WhenDeleted { get; init; }

    /// <summary>
    /// What to do with the claims of pods removed by scaling down: Retain keeps them, Delete removes them. Defaults
    /// to Retain.
    /// </summary>
    [Field(2, GoType = "v1.PersistentVolumeClaimRetentionPolicyType")]
    public partial string WhenScaled { get; init; }
}
