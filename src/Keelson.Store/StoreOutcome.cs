namespace Keelson.Store;

/// <summary>
/// How a request to the store ended. Everything a caller has to expect is here; exceptions are bugs and I/O.
/// </summary>
public enum StoreOutcome
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The key is not at the revision the caller expected; nothing was written.</summary>
    Conflict = 1,

    /// <summary>The revision asked for lies before the compacted one.</summary>
    Compacted = 2,

    /// <summary>The revision asked for has not happened yet.</summary>
    FutureRevision = 3,

    /// <summary>There is no such lease, or it has run out.</summary>
    LeaseNotFound = 4,

    /// <summary>A lease with the id asked for exists already.</summary>
    LeaseExists = 5,

    /// <summary>The time to live asked for is longer than the longest one allowed.</summary>
    LeaseTimeToLiveTooLarge = 6,

    /// <summary>The request is larger than the store takes.</summary>
    TooLarge = 7,

    /// <summary>The transaction has more operations than the store takes.</summary>
    TooManyOperations = 8,

    /// <summary>The transaction writes one key twice.</summary>
    DuplicateKey = 9,

    /// <summary>The request names an empty key.</summary>
    EmptyKey = 10,

    /// <summary>There is no room left to write. Nothing was written; reads go on.</summary>
    NoSpace = 11,
}

/// <summary>The words for outcomes.</summary>
public static class StoreOutcomeText
{
    /// <summary>
    /// etcd's message for the outcome: what clients of an API server see when it passes the error through.
    /// </summary>
    public static string Message(this StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Ok => "",
        StoreOutcome.Conflict => "key is not at the expected revision",
        StoreOutcome.Compacted => "etcdserver: mvcc: required revision has been compacted",
        StoreOutcome.FutureRevision => "etcdserver: mvcc: required revision is a future revision",
        StoreOutcome.LeaseNotFound => "etcdserver: requested lease not found",
        StoreOutcome.LeaseExists => "etcdserver: lease already exists",
        StoreOutcome.LeaseTimeToLiveTooLarge => "etcdserver: too large lease TTL",
        StoreOutcome.TooLarge => "etcdserver: request is too large",
        StoreOutcome.TooManyOperations => "etcdserver: too many operations in txn request",
        StoreOutcome.DuplicateKey => "etcdserver: duplicate key given in txn request",
        StoreOutcome.EmptyKey => "etcdserver: key is not provided",
        StoreOutcome.NoSpace => "etcdserver: mvcc: database space exceeded",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}

/// <summary>
/// The store can't be reached, was closed, or gave up after a failure; whether a write took place is unknown.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? innerException = null)
    : IOException(message, innerException);
