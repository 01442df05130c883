using System.Collections.Immutable;
using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// Writes a snapshot block by block, while the writer of the store goes on: it reads the index at one revision, which
/// its maker keeps from being pruned. Where the blocks go is the maker's business too.
/// </summary>
internal sealed class SnapshotWriter(
    SnapshotFile snapshot, RevisionIndex index, ImmutableArray<LeaseSnapshot> leases, int blockBytes)
{
    private readonly ByteWriter _block = new();
    private string? _next = "";
    private long _keyCount;
    private bool _leasesWritten;
    private bool _isDone;

    /// <summary>Bytes handed out so far.</summary>
    public long Offset { get; private set; }

    /// <summary>The next bytes of the file, valid until the next call; empty at the end.</summary>
    public ReadOnlyMemory<byte> NextBlock()
    {
        if (_isDone)
        {
            return default;
        }
        if (Offset == 0)
        {
            Offset = SnapshotFile.HeaderLength;
            return snapshot.Header();
        }
        _block.Truncate(0);
        _block.Zeros(SnapshotFile.BlockHeaderLength);
        if (_next is not null && WriteKeys() is var count and > 0)
        {
            return Seal(SnapshotBlockKind.Keys, count);
        }
        if (!_leasesWritten)
        {
            _leasesWritten = true;
            foreach (LeaseSnapshot lease in leases)
            {
                _block.Varint((ulong)lease.Id);
                _block.Varint((ulong)lease.TimeToLiveSeconds);
            }
            return Seal(SnapshotBlockKind.Leases, leases.Length);
        }
        _isDone = true;
        _block.UInt64((ulong)_keyCount);
        _block.UInt64((ulong)leases.Length);
        return Seal(SnapshotBlockKind.End, 1);
    }

    private int WriteKeys()
    {
        BlockVisitor visitor = new(_block, snapshot.Revision, blockBytes);
        index.Walk(_next!, ref visitor);
        _next = visitor.LastKey is { } last && visitor.IsFull ? last + "\0" : null;
        _keyCount += visitor.Count;
        return visitor.Count;
    }

    private ReadOnlyMemory<byte> Seal(SnapshotBlockKind kind, int count)
    {
        SnapshotBlock.Seal(_block, kind, count, Offset);
        Offset += _block.Length;
        return _block.WrittenMemory;
    }

    private struct BlockVisitor(ByteWriter block, long revision, int blockBytes) : IKeyVisitor
    {
        public int Count { get; private set; }

        public string? LastKey { get; private set; }

        public readonly bool IsFull => block.Length >= blockBytes;

        public bool Visit(KeyEntry entry)
        {
            if (entry.At(revision) is { } version)
            {
                block.Key(version.Key);
                block.Varint((ulong)version.CreateRevision);
                block.Varint((ulong)(version.ModRevision - version.CreateRevision));
                block.Varint((ulong)version.Version);
                block.Varint((ulong)version.Lease);
                block.Value(version.Value);
                Count++;
                LastKey = entry.Key;
            }
            return !IsFull;
        }
    }
}
