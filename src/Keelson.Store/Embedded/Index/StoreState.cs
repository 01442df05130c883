namespace Keelson.Store.Embedded.Index;

/// <summary>What the log makes of an empty store: the index, the leases and the newest revision applied.</summary>
internal sealed class StoreState
{
    /// <summary>The revision of a store that nothing was ever written to, as etcd's.</summary>
    public const long FirstRevision = 1;

    private long _readableRevision = FirstRevision;

    public RevisionIndex Index { get; } = new();

    public LeaseTable Leases { get; } = new();

    /// <summary>The newest revision applied. For the writer; it may not be durable yet.</summary>
    public long Revision { get; set; } = FirstRevision;

    /// <summary>The newest revision that readers may see.</summary>
    public long ReadableRevision
    {
        get => Volatile.Read(ref _readableRevision);
        set => Volatile.Write(ref _readableRevision, value);
    }
}
