using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>How an object is to be deleted.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions", SelfVersion = "v1")]
public sealed partial record DeleteOptions
{
    /// <summary>
    /// Seconds the object gets to end gracefully; 0 deletes it at once, negative values are invalid. The default
    /// depends on the kind, and is that of the spec for pods.
    /// </summary>
    [Field(1)]
    public partial long? GracePeriodSeconds { get; init; }

    /// <summary>
    /// Deletes the object only if it has this UID or resource version; otherwise fails with Conflict.
    /// </summary>
    [Field(2)]
    public partial Preconditions? Preconditions { get; init; }

    /// <summary>
    /// Deprecated in favour of propagationPolicy, with which it cannot be combined. True keeps the dependents.
    /// </summary>
    [Field(3)]
    public partial bool? OrphanDependents { get; init; }

    /// <summary>
    /// What happens to dependents: Orphan keeps them, Background deletes them afterwards, Foreground deletes them
    /// first. The default depends on the kind and its finalizers.
    /// </summary>
    [Field(4, GoType = "v1.DeletionPropagation")]
    public partial string? PropagationPolicy { get; init; }

    /// <summary>With the value All the request is processed fully but nothing is stored.</summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<string> DryRun { get; init; }

    /// <summary>
    /// Deletes an object that cannot be decrypted or decoded any more, skipping finalizers and preconditions.
    /// Dangerous; cannot be combined with other options and needs a separate permission.
    /// </summary>
    [Field(6)]
    public partial bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; init; }
}
