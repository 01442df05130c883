using System.Collections.Immutable;
using Keelson.Store.Embedded.Index;
using Keelson.Store.Embedded.Writing;

namespace Keelson.Store.Embedded;

/// <summary>
/// The leases of an embedded store. Grants and revocations go through the log; signs of life don't: after a restart
/// every lease has its whole time again, as with etcd.
/// </summary>
internal sealed class EmbeddedLeases(StoreState state, CommitPipeline pipeline) : IStoreLeases
{
    public ValueTask<LeaseResult> GrantAsync(
        long timeToLiveSeconds, long id = 0, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return pipeline.SubmitAsync(new LeaseGrantRequest(timeToLiveSeconds, id));
    }

    public ValueTask<LeaseResult> RevokeAsync(long id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return pipeline.SubmitAsync(new LeaseRevokeRequest(id));
    }

    public ValueTask<LeaseResult> KeepAliveAsync(long id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        pipeline.ThrowIfUnavailable();
        bool isAlive = state.Leases.TryKeepAlive(id, pipeline.NowMs, out LeaseSnapshot lease);
        // As etcd: right after a sign of life the whole time is left, however long the answer takes.
        return new(Result(id, isAlive, lease, []) with { TimeToLiveSeconds = isAlive ? lease.TimeToLiveSeconds : 0 });
    }

    public ValueTask<LeaseResult> TimeToLiveAsync(
        long id, bool includeKeys = false, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        pipeline.ThrowIfUnavailable();
        bool isAlive = state.Leases.TryGet(id, includeKeys, out LeaseSnapshot lease, out ImmutableArray<string> keys)
            && lease.ExpiresAtMs > pipeline.NowMs;
        return new(Result(id, isAlive, lease, keys));
    }

    public ValueTask<ImmutableArray<long>> ListAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        pipeline.ThrowIfUnavailable();
        return new(ImmutableArray.CreateRange(state.Leases.All(), lease => lease.Id));
    }

    private LeaseResult Result(long id, bool isAlive, LeaseSnapshot lease, ImmutableArray<string> keys) => new()
    {
        Outcome = isAlive ? StoreOutcome.Ok : StoreOutcome.LeaseNotFound,
        Id = id,
        // Rounded as etcd does: what is left of the second that runs does not count.
        TimeToLiveSeconds = isAlive ? (lease.ExpiresAtMs - pipeline.NowMs) / 1000 : 0,
        GrantedTimeToLiveSeconds = isAlive ? lease.TimeToLiveSeconds : 0,
        Keys = isAlive ? keys : [],
        Revision = state.ReadableRevision,
    };
}
