using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>Metadata that every stored object has.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")]
public sealed partial record ObjectMeta
{
    /// <summary>
    /// Name of the object, unique among objects of its kind within the namespace, or the cluster for kinds without
    /// one. Immutable; if absent, generateName has to be given.
    /// </summary>
    [Field(1)]
    public partial string Name { get; init; }

    /// <summary>
    /// Beginning of a name that the server completes with a random suffix of five characters, used only if name is
    /// empty. A collision is retried a few times and then reported as AlreadyExists.
    /// </summary>
    [Field(2)]
    public partial string GenerateName { get; init; }

    /// <summary>
    /// Namespace of the object; empty for kinds that are not namespaced. Immutable. Defaults to the namespace of
    /// the request.
    /// </summary>
    [Field(3)]
    public partial string Namespace { get; init; }

    /// <summary>Deprecated and no longer set.</summary>
    [Field(4)]
    public partial string SelfLink { get; init; }

    /// <summary>
    /// Identity of the object over space and time, set by the server at creation. Distinguishes it from earlier or
    /// later objects of the same name; immutable.
    /// </summary>
    [Field(5, GoType = "types.UID")]
    public partial string Uid { get; init; }

    /// <summary>
    /// Version of the stored object, changed by every write. Used for optimistic locking (an update with an
    /// outdated value fails with Conflict) and for watches. Set by the server.
    /// </summary>
    [Field(6)]
    public partial string ResourceVersion { get; init; }

    /// <summary>
    /// Number that grows with every change of the desired state, usually the spec. Set by the server.
    /// </summary>
    [Field(7)]
    public partial long Generation { get; init; }

    /// <summary>When the object was created, in RFC 3339 form in UTC. Set by the server.</summary>
    [Field(8)]
    public partial Time CreationTimestamp { get; init; }

    /// <summary>
    /// When the object is due to disappear, set by the server on a graceful delete. Once set it cannot be removed;
    /// the object stays until its grace period is over and all finalizers are gone.
    /// </summary>
    [Field(9)]
    public partial Time? DeletionTimestamp { get; init; }

    /// <summary>
    /// Seconds the object is given to end gracefully. Set together with deletionTimestamp and can only be
    /// shortened.
    /// </summary>
    [Field(10)]
    public partial long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>
    /// Key value pairs by which objects are organised and selected. Values have at most 63 characters.
    /// </summary>
    [Field(11)]
    public partial ApiMap<string> Labels { get; init; }

    /// <summary>
    /// Key value pairs for tools and libraries, of arbitrary content and not usable in selectors. At most 256 KiB
    /// in total.
    /// </summary>
    [Field(12)]
    public partial ApiMap<string> Annotations { get; init; }

    /// <summary>
    /// Objects this one depends on. It is deleted by garbage collection when all of them are gone. At most one may
    /// be the managing controller.
    /// </summary>
    [Field(13, List = ListType.Map, Keys = "uid", PatchStrategy = "merge", MergeKey = "uid")]
    public partial ApiList<OwnerReference> OwnerReferences { get; init; }

    /// <summary>
    /// Names of parties that have to act before the object may disappear; each removes its own entry when done. New
    /// entries cannot be added after deletion has begun.
    /// </summary>
    [Field(14, List = ListType.Set, PatchStrategy = "merge")]
    public partial ApiList<string> Finalizers { get; init; }

    /// <summary>
    /// Record of which manager set which fields, maintained by the server for server-side apply. Clients rarely
    /// need it; an empty list resets it.
    /// </summary>
    [Field(17, List = ListType.Atomic)]
    public partial ApiList<ManagedFieldsEntry> ManagedFields { get; init; }
}
