using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Writing;

/// <summary>Grants a lease.</summary>
internal sealed class LeaseGrantRequest(long timeToLiveSeconds, long id) : WriteRequest<LeaseResult>
{
    // etcd's maximum: 9,000,000,000 seconds.
    internal const long TimeToLiveSecondsMax = 9_000_000_000;

    public override void Evaluate(CommitGroup group)
    {
        if (timeToLiveSeconds > TimeToLiveSecondsMax)
        {
            Refuse(StoreOutcome.LeaseTimeToLiveTooLarge, group.State.Revision);
            return;
        }
        if (id != 0 && group.State.Leases.Contains(id))
        {
            Refuse(StoreOutcome.LeaseExists, group.State.Revision);
            return;
        }
        long granted = id;
        while (granted == 0 || (id == 0 && group.State.Leases.Contains(granted)))
        {
            granted = group.Options.Random.NextInt64(1, long.MaxValue);
        }
        long seconds = Math.Max(1, timeToLiveSeconds);
        group.GrantLease(granted, seconds);
        Result = new LeaseResult
        {
            Id = granted,
            TimeToLiveSeconds = seconds,
            GrantedTimeToLiveSeconds = seconds,
            Revision = group.State.Revision,
        };
    }

    public override void Refuse(StoreOutcome outcome, long revision) =>
        Result = new LeaseResult { Outcome = outcome, Id = id, Revision = revision };
}

/// <summary>Revokes a lease and deletes its keys at one revision.</summary>
internal sealed class LeaseRevokeRequest(long id) : WriteRequest<LeaseResult>
{
    public long Id => id;

    public override void Evaluate(CommitGroup group)
    {
        if (!group.State.Leases.TryGet(id, withKeys: true, out LeaseSnapshot lease, out var keys))
        {
            Refuse(StoreOutcome.LeaseNotFound, group.State.Revision);
            return;
        }
        group.BeginTransaction();
        foreach (string key in keys)
        {
            group.Delete(key);
        }
        group.RevokeLease(lease);
        Result = new LeaseResult { Id = id, Revision = group.State.Revision };
    }

    public override void Refuse(StoreOutcome outcome, long revision) =>
        Result = new LeaseResult { Outcome = outcome, Id = id, Revision = revision };
}
