using System.Collections.Immutable;

namespace Keelson.Store;

/// <summary>How a conditional write of one key ended.</summary>
/// <remarks>Outcomes: Ok, Conflict, LeaseNotFound, TooLarge, EmptyKey, NoSpace.</remarks>
public readonly record struct WriteResult
{
    /// <summary>How it ended.</summary>
    public StoreOutcome Outcome { get; init; }

    /// <summary>
    /// If Ok, the revision of the write: a put key's new ModRevision. Otherwise the store's revision.
    /// </summary>
    public long Revision { get; init; }

    /// <summary>On Conflict: the key's newest version; null if the key does not exist.</summary>
    public KeyValue? Current { get; init; }
}

/// <summary>
/// Compares, and what to do if all of them hold (<see cref="Success"/>) or any doesn't (<see cref="Failure"/>).
/// </summary>
public sealed record TxnRequest
{
    /// <summary>Conditions on the store before the transaction; all must hold. None: success.</summary>
    public ImmutableArray<Compare> Compares { get; init; } = [];

    /// <summary>Done, in order, if every compare holds.</summary>
    public ImmutableArray<TxnOperation> Success { get; init; } = [];

    /// <summary>Done, in order, if a compare doesn't hold.</summary>
    public ImmutableArray<TxnOperation> Failure { get; init; } = [];
}

/// <summary>What of a key is compared. The numbers are those of etcd's protocol.</summary>
public enum CompareTarget
{
    /// <summary><see cref="KeyValue.Version"/>; 0 for a key that does not exist.</summary>
    Version = 0,

    /// <summary><see cref="KeyValue.CreateRevision"/>; 0 for a key that does not exist.</summary>
    CreateRevision = 1,

    /// <summary><see cref="KeyValue.ModRevision"/>; 0 for a key that does not exist.</summary>
    ModRevision = 2,

    /// <summary><see cref="KeyValue.Value"/>; a key that does not exist fails every comparison of values.</summary>
    Value = 3,

    /// <summary><see cref="KeyValue.Lease"/>; 0 for a key that does not exist.</summary>
    Lease = 4,
}

/// <summary>How it is compared. The numbers are those of etcd's protocol.</summary>
public enum CompareOperator
{
    /// <summary>What the key has equals the operand.</summary>
    Equal = 0,

    /// <summary>What the key has is greater than the operand.</summary>
    Greater = 1,

    /// <summary>What the key has is less than the operand.</summary>
    Less = 2,

    /// <summary>What the key has differs from the operand.</summary>
    NotEqual = 3,
}

/// <summary>One condition of a transaction: what the key has, operator, operand.</summary>
public sealed record Compare
{
    private Compare(string key, CompareTarget target, CompareOperator comparison, long number, byte[]? value)
    {
        Key = key;
        Target = target;
        Operator = comparison;
        Number = number;
        Value = value;
    }

    /// <summary>The key that is looked at.</summary>
    public string Key { get; }

    /// <summary>What of it is compared.</summary>
    public CompareTarget Target { get; }

    /// <summary>How it is compared.</summary>
    public CompareOperator Operator { get; }

    /// <summary>The operand, for every target but <see cref="CompareTarget.Value"/>.</summary>
    public long Number { get; }

    /// <summary>The operand for <see cref="CompareTarget.Value"/>; values are ordered byte by byte.</summary>
    public byte[]? Value { get; }

    /// <summary>Compares the key's ModRevision.</summary>
    public static Compare ModRevision(string key, CompareOperator comparison, long revision) =>
        new(key, CompareTarget.ModRevision, comparison, revision, null);

    /// <summary>Compares the key's CreateRevision.</summary>
    public static Compare CreateRevision(string key, CompareOperator comparison, long revision) =>
        new(key, CompareTarget.CreateRevision, comparison, revision, null);

    /// <summary>Compares the key's Version.</summary>
    public static Compare Version(string key, CompareOperator comparison, long version) =>
        new(key, CompareTarget.Version, comparison, version, null);

    /// <summary>Compares the key's Lease.</summary>
    public static Compare Lease(string key, CompareOperator comparison, long lease) =>
        new(key, CompareTarget.Lease, comparison, lease, null);

    /// <summary>Compares the key's Value.</summary>
    public static Compare ValueOf(string key, CompareOperator comparison, byte[] value) =>
        new(key, CompareTarget.Value, comparison, 0, value);
}

/// <summary>
/// One step of a transaction: <see cref="PutOperation"/>, <see cref="DeleteOperation"/> or <see
/// cref="RangeOperation"/>.
/// </summary>
public abstract record TxnOperation
{
    private protected TxnOperation()
    {
    }
}

/// <summary>Writes a key. A transaction may write a key only once.</summary>
public sealed record PutOperation(string Key, byte[] Value) : TxnOperation
{
    /// <summary>The lease to hang the key on; 0: none (a put without takes the key off the lease it had).</summary>
    public long Lease { get; init; }

    /// <summary>Return the version that was replaced.</summary>
    public bool ReturnPrevious { get; init; }
}

/// <summary>Deletes every key of a range.</summary>
public sealed record DeleteOperation(KeyRange Keys) : TxnOperation
{
    /// <summary>Return the versions that were deleted.</summary>
    public bool ReturnPrevious { get; init; }
}

/// <summary>Reads; sees what earlier steps of the transaction wrote.</summary>
public sealed record RangeOperation(RangeRequest Request) : TxnOperation;

/// <summary>How a transaction ended.</summary>
/// <remarks>
/// Outcomes: Ok (whichever branch ran), and, with nothing done: LeaseNotFound, DuplicateKey, TooManyOperations,
/// TooLarge, EmptyKey, Compacted or FutureRevision (from a read in it), NoSpace.
/// </remarks>
public sealed record TxnResult
{
    /// <summary>How it ended.</summary>
    public StoreOutcome Outcome { get; init; }

    /// <summary>The store's revision after the transaction: that of its writes, if it wrote.</summary>
    public long Revision { get; init; }

    /// <summary>True if every compare held, so that the success branch ran.</summary>
    public bool Succeeded { get; init; }

    /// <summary>One for each operation of the branch that ran, in order.</summary>
    public ImmutableArray<TxnResponse> Responses { get; init; } = [];
}

/// <summary>What one operation of a transaction gave.</summary>
public sealed record TxnResponse
{
    /// <summary>Versions replaced or deleted, if the operation asked for them.</summary>
    public ImmutableArray<KeyValue> Previous { get; init; } = [];

    /// <summary>How many keys a <see cref="DeleteOperation"/> deleted.</summary>
    public long Deleted { get; init; }

    /// <summary>What a <see cref="RangeOperation"/> read.</summary>
    public RangeResult? Range { get; init; }
}

/// <summary>How a compaction ended: Ok, Compacted or FutureRevision.</summary>
public readonly record struct CompactResult
{
    /// <summary>How it ended.</summary>
    public StoreOutcome Outcome { get; init; }

    /// <summary>The store's revision.</summary>
    public long Revision { get; init; }
}
