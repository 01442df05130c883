using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Client.Informers;

/// <summary>
/// The objects of kinds as this process knows them, kept up to date by the server. One informer a kind serves everybody
/// in the process.
/// </summary>
public interface IInformers
{
    /// <summary>The informer of a kind; it starts to follow at the first call.</summary>
    IInformer<T> Of<T>()
        where T : class, IKind<T>;

    /// <summary>The changes of a kind's metadata, for those who need no more of it. Nothing is kept.</summary>
    IMetadataFeed MetadataOf(ApiKind kind);
}

/// <summary>
/// The objects of one kind. Reads, indexes and callbacks agree: when a callback runs, reads show its change and all
/// before it. What is read is shared and immutable.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
public interface IInformer<T>
    where T : class, IKind<T>
{
    /// <summary>Completes when everything that was there at the start is known.</summary>
    Task Synced { get; }

    /// <summary>Number of objects.</summary>
    int Count { get; }

    /// <summary>An object by name; null when there is none. The namespace is empty for kinds of the cluster.</summary>
    T? Find(string @namespace, string name);

    /// <summary>The objects of a namespace, or of all for an empty one, ordered by namespace and name.</summary>
    IEnumerable<T> List(string @namespace = "");

    /// <summary>
    /// An index. Everybody who asks for the same name shares it, so the name must say what <paramref name="keys"/>
    /// does.
    /// </summary>
    /// <param name="name">The index's name: <c>nodeName</c>, <c>controllerUid</c>.</param>
    /// <param name="keys">The keys under which an object is found; pure and quick.</param>
    IInformerIndex<T> Index(string name, Func<T, IEnumerable<string>> keys);

    /// <summary>
    /// Calls back for every change, in order, one at a time: (old or null, new or null). What is there already comes
    /// first, as new. Callbacks must be quick: they mark keys, they don't work. One that throws ends the process.
    /// </summary>
    void Subscribe(Action<T?, T?> changed);

    /// <summary>
    /// Completes when the informer shows everything up to a resource version: what the caller wrote itself, for
    /// instance.
    /// </summary>
    ValueTask ReachedAsync(long resourceVersion, CancellationToken cancellationToken);
}

/// <summary>Objects by something other than their name.</summary>
/// <typeparam name="T">The kind.</typeparam>
public interface IInformerIndex<T>
{
    /// <summary>The objects under a key, as they are now; in no order.</summary>
    IReadOnlyList<T> Find(string key);
}

/// <summary>The changes of one kind's metadata.</summary>
public interface IMetadataFeed
{
    /// <summary>
    /// Calls back for every change, in order, one at a time: (old or null, new or null). What is there already comes
    /// first.
    /// </summary>
    void Subscribe(Action<ObjectMeta?, ObjectMeta?> changed);

    /// <summary>Completes when everything that was there at the start has been called back for.</summary>
    Task Synced { get; }
}
