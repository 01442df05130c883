using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Writing;

/// <summary>Puts a key that stands at the expected revision.</summary>
internal sealed class PutIfRequest(string key, byte[] value, long expectedModRevision, long lease)
    : WriteRequest<WriteResult>
{
    public override void Evaluate(CommitGroup group)
    {
        KeyVersion? current = group.Newest(key);
        if ((current?.ModRevision ?? 0) != expectedModRevision)
        {
            Result = new WriteResult
            {
                Outcome = StoreOutcome.Conflict, Revision = group.State.Revision, Current = current,
            };
            return;
        }
        StoreOutcome outcome =
            lease != 0 && !group.State.Leases.Contains(lease) ? StoreOutcome.LeaseNotFound
            : group.IsOverQuota ? StoreOutcome.NoSpace
            : StoreOutcome.Ok;
        if (outcome == StoreOutcome.Ok)
        {
            group.BeginTransaction();
            group.Put(key, value, lease);
        }
        Result = new WriteResult { Outcome = outcome, Revision = group.State.Revision };
    }

    public override void Refuse(StoreOutcome outcome, long revision) =>
        Result = new WriteResult { Outcome = outcome, Revision = revision };
}

/// <summary>Deletes a key that stands at the expected revision.</summary>
internal sealed class DeleteIfRequest(string key, long expectedModRevision) : WriteRequest<WriteResult>
{
    public override void Evaluate(CommitGroup group)
    {
        KeyVersion? current = group.Newest(key);
        if (current is null || current.ModRevision != expectedModRevision)
        {
            Result = new WriteResult
            {
                Outcome = StoreOutcome.Conflict, Revision = group.State.Revision, Current = current,
            };
            return;
        }
        group.BeginTransaction();
        group.Delete(key);
        Result = new WriteResult { Outcome = StoreOutcome.Ok, Revision = group.State.Revision };
    }

    public override void Refuse(StoreOutcome outcome, long revision) =>
        Result = new WriteResult { Outcome = outcome, Revision = revision };
}

/// <summary>Compacts.</summary>
internal sealed class CompactRequest(long revision) : WriteRequest<CompactResult>
{
    public override void Evaluate(CommitGroup group)
    {
        long compacted = Math.Max(group.State.Index.CompactRevision, group.CompactRevision);
        StoreOutcome outcome =
            revision <= compacted ? StoreOutcome.Compacted
            : revision > group.State.Revision ? StoreOutcome.FutureRevision
            : StoreOutcome.Ok;
        if (outcome == StoreOutcome.Ok)
        {
            group.Compact(revision);
        }
        Result = new CompactResult { Outcome = outcome, Revision = group.State.Revision };
    }

    public override void Refuse(StoreOutcome outcome, long revision) =>
        Result = new CompactResult { Outcome = outcome, Revision = revision };
}
