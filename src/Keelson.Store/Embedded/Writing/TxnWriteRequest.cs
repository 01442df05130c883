using System.Collections.Immutable;
using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Writing;

/// <summary>Runs a transaction that <see cref="TxnCheck"/> has passed.</summary>
internal sealed class TxnWriteRequest(TxnRequest request) : WriteRequest<TxnResult>
{
    public override void Evaluate(CommitGroup group)
    {
        bool succeeded = request.Compares.All(compare => Holds(compare, group.Newest(compare.Key)));
        ImmutableArray<TxnOperation> operations = succeeded ? request.Success : request.Failure;
        // Nothing may fail once the first operation has written.
        StoreOutcome outcome = Check(operations, group);
        if (outcome != StoreOutcome.Ok)
        {
            Refuse(outcome, group.State.Revision);
            return;
        }
        group.BeginTransaction();
        ImmutableArray<TxnResponse>.Builder responses = ImmutableArray.CreateBuilder<TxnResponse>(operations.Length);
        foreach (TxnOperation operation in operations)
        {
            responses.Add(operation switch
            {
                PutOperation put => Put(put, group),
                DeleteOperation delete => Delete(delete, group),
                RangeOperation range => Range(range.Request, group),
                _ => throw new InvalidOperationException($"unknown operation {operation}"),
            });
        }
        Result = new TxnResult
        {
            Revision = group.State.Revision,
            Succeeded = succeeded,
            Responses = responses.MoveToImmutable(),
        };
    }

    public override void Refuse(StoreOutcome outcome, long revision) =>
        Result = new TxnResult { Outcome = outcome, Revision = revision };

    private static bool Holds(Compare compare, KeyVersion? current)
    {
        int order;
        if (compare.Target == CompareTarget.Value)
        {
            if (current is null)
            {
                return false;
            }
            order = current.Value.AsSpan().SequenceCompareTo(compare.Value);
        }
        else
        {
            long number = compare.Target switch
            {
                CompareTarget.Version => current?.Version ?? 0,
                CompareTarget.CreateRevision => current?.CreateRevision ?? 0,
                CompareTarget.ModRevision => current?.ModRevision ?? 0,
                _ => current?.Lease ?? 0,
            };
            order = number.CompareTo(compare.Number);
        }
        return compare.Operator switch
        {
            CompareOperator.Equal => order == 0,
            CompareOperator.Greater => order > 0,
            CompareOperator.Less => order < 0,
            _ => order != 0,
        };
    }

    private static StoreOutcome Check(ImmutableArray<TxnOperation> operations, CommitGroup group)
    {
        foreach (TxnOperation operation in operations)
        {
            switch (operation)
            {
                case PutOperation put when put.Lease != 0 && !group.State.Leases.Contains(put.Lease):
                    return StoreOutcome.LeaseNotFound;
                case PutOperation when group.IsOverQuota:
                    return StoreOutcome.NoSpace;
                case RangeOperation { Request.Revision: > 0 and var revision }:
                    if (revision > group.State.Revision)
                    {
                        return StoreOutcome.FutureRevision;
                    }
                    if (revision < Math.Max(group.State.Index.CompactRevision, group.CompactRevision))
                    {
                        return StoreOutcome.Compacted;
                    }
                    break;
            }
        }
        return StoreOutcome.Ok;
    }

    private static TxnResponse Put(PutOperation put, CommitGroup group)
    {
        KeyVersion? previous = group.Put(put.Key, put.Value, put.Lease);
        return new TxnResponse { Previous = previous is not null && put.ReturnPrevious ? [previous] : [] };
    }

    private static TxnResponse Delete(DeleteOperation delete, CommitGroup group)
    {
        ImmutableArray<KeyValue> doomed =
            group.State.Index.Range(new RangeRequest(delete.Keys), long.MaxValue).Items;
        foreach (KeyValue item in doomed)
        {
            group.Delete(item.Key);
        }
        return new TxnResponse { Deleted = doomed.Length, Previous = delete.ReturnPrevious ? doomed : [] };
    }

    private static TxnResponse Range(RangeRequest range, CommitGroup group)
    {
        RangeResult result = group.State.Index.Range(range, range.Revision > 0 ? range.Revision : long.MaxValue);
        return new TxnResponse { Range = result with { Revision = group.State.Revision } };
    }
}
