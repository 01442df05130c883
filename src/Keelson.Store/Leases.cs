using System.Collections.Immutable;

namespace Keelson.Store;

/// <summary>
/// Leases: keys put with a lease are deleted, all at one revision, when the lease runs out or is revoked.
/// </summary>
public interface IStoreLeases
{
    /// <summary>
    /// Makes a lease. The store may give it a longer time to live than asked for (etcd: at least its election timeout
    /// and a half, rounded up: two seconds). Outcomes: Ok, LeaseExists, LeaseTimeToLiveTooLarge.
    /// </summary>
    /// <param name="timeToLiveSeconds">How long the lease lives without a sign of life.</param>
    /// <param name="id">The lease's id; 0: the store chooses one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<LeaseResult> GrantAsync(long timeToLiveSeconds, long id = 0, CancellationToken cancellationToken = default);

    /// <summary>Ends a lease and deletes its keys. Outcomes: Ok, LeaseNotFound.</summary>
    ValueTask<LeaseResult> RevokeAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Makes the lease live its whole time again from now on. Outcomes: Ok, LeaseNotFound.</summary>
    ValueTask<LeaseResult> KeepAliveAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>How long the lease still lives, and, if asked, its keys. Outcomes: Ok, LeaseNotFound.</summary>
    ValueTask<LeaseResult> TimeToLiveAsync(
        long id, bool includeKeys = false, CancellationToken cancellationToken = default);

    /// <summary>The ids of all leases.</summary>
    ValueTask<ImmutableArray<long>> ListAsync(CancellationToken cancellationToken = default);
}

/// <summary>What a lease request gave.</summary>
public sealed record LeaseResult
{
    /// <summary>How the request ended.</summary>
    public StoreOutcome Outcome { get; init; }

    /// <summary>The lease.</summary>
    public long Id { get; init; }

    /// <summary>The time left, in seconds.</summary>
    public long TimeToLiveSeconds { get; init; }

    /// <summary>The time the lease lives after each sign of life, in seconds.</summary>
    public long GrantedTimeToLiveSeconds { get; init; }

    /// <summary>The keys that hang on the lease, in ordinal order, if asked for.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>The store's revision; after a revocation, that of the deletions.</summary>
    public long Revision { get; init; }
}
