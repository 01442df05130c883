using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>Which objects are to be listed, watched or deleted together.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.ListOptions", SelfVersion = "v1")]
public sealed partial record ListOptions
{
    /// <summary>Restricts the objects by their labels. All by default.</summary>
    [Field(1)]
    public partial string LabelSelector { get; init; }

    /// <summary>
    /// Restricts the objects by fields, of which only some are supported for each kind. All by default.
    /// </summary>
    [Field(2)]
    public partial string FieldSelector { get; init; }

    /// <summary>Whether changes are streamed as watch events instead of returning a list.</summary>
    [Field(3)]
    public partial bool Watch { get; init; }

    /// <summary>Whether the server may send BOOKMARK events, which carry only a newer resource version.</summary>
    [Field(9)]
    public partial bool AllowWatchBookmarks { get; init; }

    /// <summary>
    /// Version the result refers to: absent for the latest state, 0 for any cached state, otherwise as
    /// resourceVersionMatch says. For a watch, the version after which to start.
    /// </summary>
    [Field(4)]
    public partial string ResourceVersion { get; init; }

    /// <summary>
    /// Meaning of resourceVersion for lists: NotOlderThan or Exact. Not allowed without resourceVersion.
    /// </summary>
    [Field(10, GoType = "v1.ResourceVersionMatch")]
    public partial string ResourceVersionMatch { get; init; }

    /// <summary>Seconds after which the request is ended, whether active or not.</summary>
    [Field(5)]
    public partial long? TimeoutSeconds { get; init; }

    /// <summary>
    /// Largest number of items in one response; the rest is fetched with continue. Not for watches.
    /// </summary>
    [Field(7)]
    public partial long Limit { get; init; }

    /// <summary>
    /// Token from the previous portion. The other parameters must stay the same; if it has expired the server
    /// answers with 410 and either a new token or the need to start over.
    /// </summary>
    [Field(8)]
    public partial string Continue { get; init; }

    /// <summary>
    /// Whether a watch begins with an ADDED event for each existing object, followed by a bookmark with the
    /// annotation k8s.io/initial-events-end. Needs resourceVersionMatch NotOlderThan and bookmarks.
    /// </summary>
    [Field(11)]
    public partial bool? SendInitialEvents { get; init; }

    /// <summary>
    /// Restricts the objects to a hash range, so that several clients can share a collection. Needs the
    /// ShardedListAndWatch feature gate.
    /// </summary>
    [Field(15)]
    public partial string ShardSelector { get; init; }
}
