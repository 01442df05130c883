using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>Metadata of a list and of responses that are not stored objects.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta")]
public sealed partial record ListMeta
{
    /// <summary>Deprecated and no longer set.</summary>
    [Field(1)]
    public partial string SelfLink { get; init; }

    /// <summary>Version of the collection at which the list was taken. A watch can continue from it.</summary>
    [Field(2)]
    public partial string ResourceVersion { get; init; }

    /// <summary>
    /// Token for the next portion of a list that was limited; empty on the last. It expires after some minutes,
    /// whereupon the server answers with 410.
    /// </summary>
    [Field(3)]
    public partial string Continue { get; init; }

    /// <summary>
    /// Number of items after this portion, where the server knows it. An estimate, not set with selectors.
    /// </summary>
    [Field(4)]
    public partial long? RemainingItemCount { get; init; }

    /// <summary>
    /// Which shard of the collection the response covers, if a shard was asked for. Needs the ShardedListAndWatch
    /// feature gate.
    /// </summary>
    [Field(5)]
    public partial ShardInfo? ShardInfo { get; init; }
}
