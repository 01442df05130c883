using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Client;

/// <summary>
/// A way to the API under one identity. In the server's own process calls are direct: same identity, same
/// authorization, same admission, but records come by reference; elsewhere it is HTTPS. Callers can't tell which.
/// Refusals come back as the server's <see cref="Status"/>; a server that can't be reached is a <see cref="Status"/>
/// with code 503, so that callers have one way to fail. Only cancellation is thrown.
/// </summary>
public interface IApiClient
{
    /// <summary>Reads an object, or a subresource of one.</summary>
    ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken);

    /// <summary>Lists the objects of a namespace, or of all for an empty one.</summary>
    ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Creates an object (the path's name is empty), or calls a subresource that creates: binding, eviction, token.
    /// </summary>
    ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken);

    /// <summary>Replaces an object, or the part of it that a subresource stands for.</summary>
    ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken);

    /// <summary>Patches an object, or the part of it that a subresource stands for.</summary>
    ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes an object. The result is the object while it waits, or as it was last; a <see cref="Status"/> record of
    /// success where the server answers with one.
    /// </summary>
    ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken);

    /// <summary>Deletes what a list shows; the result is the number of objects.</summary>
    ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Follows changes. The sequence ends when the server ends it; a last notice with a status says why, if there is a
    /// reason.
    /// </summary>
    IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, CancellationToken cancellationToken);
}

/// <summary>Makes clients that speak as others.</summary>
public interface IApiClients
{
    /// <summary>
    /// A client that acts as a service account of kube-system, as each controller does; where the process has one
    /// identity for all (<c>--use-service-account-credentials=false</c>), a client with that identity.
    /// </summary>
    /// <param name="serviceAccount">The account's name: <c>deployment-controller</c>; empty for the process's own
    /// identity.</param>
    IApiClient ForController(string serviceAccount);

    /// <summary>A client that acts as the agent of a node (<c>system:node:NAME</c>).</summary>
    IApiClient ForNode(string nodeName);
}

/// <summary>Where an object is.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace; empty for kinds of the cluster.</param>
/// <param name="Name">The name; empty for creations.</param>
/// <param name="Subresource">The subresource; empty for the object itself.</param>
public readonly record struct ObjectPath(ApiKind Kind, string Namespace, string Name, string Subresource = "");

/// <summary>The kinds of patches.</summary>
public enum PatchType
{
    /// <summary>A JSON patch: a list of operations.</summary>
    Json,

    /// <summary>A JSON merge patch.</summary>
    Merge,

    /// <summary>A strategic merge patch.</summary>
    Strategic,

    /// <summary>Server-side apply.</summary>
    Apply,
}

/// <summary>The options of a write.</summary>
public sealed record WriteRequest
{
    /// <summary>A write without options.</summary>
    public static WriteRequest Default { get; } = new();

    /// <summary>True when nothing is to be stored.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who comes to own the fields; empty for the client's own name.</summary>
    public string FieldManager { get; init; } = "";

    /// <summary>For apply: take over fields that others own.</summary>
    public bool Force { get; init; }
}

/// <summary>The options of a list.</summary>
public sealed record ListRequest
{
    /// <summary>Everything, up to date.</summary>
    public static ListRequest All { get; } = new();

    /// <summary>The label selector, as the query parameter has it.</summary>
    public string LabelSelector { get; init; } = "";

    /// <summary>The field selector, as the query parameter has it.</summary>
    public string FieldSelector { get; init; } = "";

    /// <summary>The most items of a page; 0 for all.</summary>
    public int Limit { get; init; }

    /// <summary>Where the last page ended.</summary>
    public string Continue { get; init; } = "";

    /// <summary>The resource version; empty for the newest.</summary>
    public string ResourceVersion { get; init; } = "";
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">The list's resource version.</param>
/// <param name="Continue">Where to go on; empty at the end.</param>
public sealed record ObjectList(IReadOnlyList<IObject> Items, string ResourceVersion, string Continue);

/// <summary>The options of a watch.</summary>
public sealed record WatchRequest
{
    /// <summary>The resource version to go on behind; empty for: what is there comes first.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>The label selector, as the query parameter has it.</summary>
    public string LabelSelector { get; init; } = "";

    /// <summary>The field selector, as the query parameter has it.</summary>
    public string FieldSelector { get; init; } = "";

    /// <summary>
    /// True to get what is there first, then a bookmark that ends it (a streaming list), instead of a list beforehand.
    /// </summary>
    public bool SendInitialEvents { get; init; }

    /// <summary>True when bookmarks may come.</summary>
    public bool AllowBookmarks { get; init; } = true;

    /// <summary>True when metadata is all that is wanted.</summary>
    public bool MetadataOnly { get; init; }
}

/// <summary>The kinds of notices a watch gives.</summary>
public enum WatchNoticeType
{
    /// <summary>The object is new, or came to match the selectors.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone, or no longer matches; it is shown as it was last.</summary>
    Deleted,

    /// <summary>Nothing changed; the resource version says how far the watch has come.</summary>
    Bookmark,

    /// <summary>The bookmark that ends the initial events.</summary>
    InitialEnd,

    /// <summary>The watch ends; the status says why.</summary>
    Error,
}

/// <summary>One notice of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; null for bookmarks and errors.</param>
/// <param name="ResourceVersion">How far the watch has come.</param>
/// <param name="Status">Why the watch ends; null otherwise.</param>
public readonly record struct WatchNotice(
    WatchNoticeType Type, IObject? Object, string ResourceVersion, Status? Status = null);

/// <summary>How a deletion ended.</summary>
/// <param name="Object">The object as it was last, or as it is while it waits; null when the server does not show
/// it.</param>
/// <param name="IsGone">False while finalizers or a grace period keep it.</param>
public readonly record struct Deletion(IObject? Object, bool IsGone);
