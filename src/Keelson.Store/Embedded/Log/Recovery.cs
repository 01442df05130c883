using System.Runtime.InteropServices;
using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Index;

namespace Keelson.Store.Embedded.Log;

/// <summary>Makes the state of the newest snapshot and the log behind it, and a log to go on with.</summary>
internal sealed class Recovery(IDisk disk, EmbeddedStoreOptions options, long nowMs)
{
    private readonly StoreState _state = new();
    private readonly List<string> _orphans = [];
    private long _storeId;

    /// <summary>Recovers, or begins a new store in an empty directory.</summary>
    public RecoveredStore Run()
    {
        IReadOnlyList<string> files = disk.List();
        foreach (string leftOver in files.Where(name => name.EndsWith(LogWriter.TemporarySuffix)))
        {
            disk.Delete(leftOver);
        }
        List<string> snapshots = [.. files.Where(SnapshotFile.IsFileName).Order(StringComparer.Ordinal)];
        List<string> logs = [.. files.Where(LogSegment.IsFileName).Order(StringComparer.Ordinal)];
        if (snapshots.Count == 0 && logs.Count == 0)
        {
            long storeId = options.Random.NextInt64(1, long.MaxValue);
            return new RecoveredStore(
                _state, LogWriter.Begin(disk, options.SegmentBytes, storeId, StoreState.FirstRevision), storeId, 0);
        }
        long snapshotBytes = 0;
        SnapshotFile? snapshot = snapshots.Count > 0 ? LoadSnapshot(snapshots[^1], out snapshotBytes) : null;
        LogWriter log = ReplayLog(logs, snapshot);
        foreach (string older in snapshots.SkipLast(1))
        {
            disk.Delete(older);
        }
        return new RecoveredStore(_state, log, snapshot?.StoreId ?? _storeId, snapshotBytes);
    }

    private SnapshotFile LoadSnapshot(string name, out long bytes)
    {
        using IDiskFile file = disk.Open(name);
        bytes = file.Length;
        string path = disk.PathOf(name);
        SnapshotContent content = SnapshotReader.Read(file, path);
        if (content.Snapshot.FileName != name)
        {
            throw new StoreDamagedException(path, 24, $"the snapshot is of revision {content.Snapshot.Revision}");
        }
        _state.Revision = content.Snapshot.Revision;
        _state.Index.Load(content.Keys, content.Snapshot.Revision);
        foreach (LeaseSnapshot lease in content.Leases)
        {
            _state.Leases.Grant(lease.Id, lease.TimeToLiveSeconds, nowMs);
        }
        foreach (KeyEntry entry in content.Keys.Where(entry => entry.Newest.Lease != 0))
        {
            _state.Leases.Attach(entry.Key, entry.Newest.Lease);
            if (!_state.Leases.Contains(entry.Newest.Lease))
            {
                _orphans.Add(entry.Key);
            }
        }
        return content.Snapshot;
    }

    private LogWriter ReplayLog(List<string> names, SnapshotFile? snapshot)
    {
        List<LogSegment> segments = ReadHeaders(names, snapshot);
        LogReplay replay = new(_state, segments[0].BaseRevision, nowMs);
        List<(LogSegment, long)> found = [];
        using NativeBuffer even = new();
        using NativeBuffer odd = new();
        Task<ScannedSegment> ahead = Scan(segments[0], segments.Count == 1, even);
        for (int i = 0; i < segments.Count; i++)
        {
            ScannedSegment scanned = ahead.GetAwaiter().GetResult();
            if (i + 1 < segments.Count)
            {
                // Reading and summing the next segment goes on while this one is applied.
                ahead = Scan(segments[i + 1], i + 2 == segments.Count, i % 2 == 0 ? odd : even);
            }
            try
            {
                Apply(segments[i], scanned, replay);
            }
            catch
            {
                // The buffers must outlive whoever reads into them.
                ahead.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
                throw;
            }
            found.Add((segments[i], scanned.Result.End));
            long nextSequence = scanned.Result.NextSequence;
            if (i + 1 < segments.Count)
            {
                if (segments[i + 1].FirstSequence != nextSequence || segments[i + 1].BaseRevision != replay.Revision)
                {
                    string path = disk.PathOf(segments[i].FileName);
                    throw new StoreDamagedException(path, scanned.Result.End, "the file's last frames are missing");
                }
                continue;
            }
            Finish(replay);
            if (scanned.Result.IsTorn)
            {
                options.OnNotice?.Invoke(
                    $"{disk.PathOf(segments[i].FileName)}: cut a write at byte {scanned.Result.End} that a crash tore");
            }
            return LogWriter.Continue(disk, options.SegmentBytes, found, nextSequence);
        }
        throw new InvalidOperationException("there is no segment");
    }

    private List<LogSegment> ReadHeaders(List<string> names, SnapshotFile? snapshot)
    {
        List<LogSegment> segments = [];
        foreach (string name in names)
        {
            string path = disk.PathOf(name);
            using IDiskFile file = disk.Open(name);
            LogSegment segment = LogSegment.Read(file, path);
            if (segment.FileName != name)
            {
                throw new StoreDamagedException(path, 24, $"the file is log segment {segment.Number}");
            }
            if (segment.StoreId != (snapshot?.StoreId ?? (segments.Count > 0 ? segments[0].StoreId : segment.StoreId)))
            {
                throw new StoreDamagedException(path, 16, "the file belongs to another store");
            }
            if (segments.Count > 0 && segment.Number != segments[^1].Number + 1)
            {
                throw new StoreDamagedException(
                    path, 24, $"log segment {segments[^1].Number + 1} before it is missing");
            }
            segments.Add(segment);
        }
        if (segments.Count == 0)
        {
            throw new StoreDamagedException(disk.PathOf(snapshot!.Value.FileName), 0, "the log behind it is missing");
        }
        // A store without a snapshot has its whole log.
        long needed = snapshot?.Revision ?? StoreState.FirstRevision;
        if (segments[0].BaseRevision > needed || (snapshot is null && segments[0].Number != 1))
        {
            throw new StoreDamagedException(
                disk.PathOf(segments[0].FileName), 40, $"the log between revision {needed} and this file is missing");
        }
        _storeId = segments[0].StoreId;
        // What a crash kept from being deleted once the snapshot stood. Without one every record counts: a segment may
        // hold no revision at all, but leases.
        while (snapshot is not null && segments.Count > 1 && segments[1].BaseRevision <= needed)
        {
            disk.Delete(segments[0].FileName);
            segments.RemoveAt(0);
        }
        return segments;
    }

    private Task<ScannedSegment> Scan(LogSegment segment, bool isLast, NativeBuffer buffer) => Task.Run(() =>
    {
        using IDiskFile file = disk.Open(segment.FileName);
        Span<byte> bytes = buffer.Take(checked((int)file.Length));
        file.Read(bytes, 0);
        return new ScannedSegment(buffer, LogScan.Scan(segment, bytes, isLast, disk.PathOf(segment.FileName)));
    });

    private void Apply(LogSegment segment, ScannedSegment scanned, LogReplay replay)
    {
        foreach ((int offset, LogFrame frame) in scanned.Result.Frames)
        {
            try
            {
                if (frame.BaseRevision != replay.Revision)
                {
                    throw new FormatException($"revision {replay.Revision + 1} is missing before the frame");
                }
                LogRecordReader.Read(
                    scanned.Buffer.Bytes.Slice(offset + LogFrame.HeaderLength, frame.PayloadLength), replay);
            }
            catch (FormatException exception)
            {
                throw new StoreDamagedException(disk.PathOf(segment.FileName), offset, exception.Message);
            }
        }
    }

    private void Finish(LogReplay replay)
    {
        if (replay.Revision < _state.Revision)
        {
            throw new StoreDamagedException(
                disk.PathOf(new SnapshotFile(_storeId, _state.Revision).FileName), 24,
                $"the log ends at revision {replay.Revision}, before the snapshot's");
        }
        RevokeOrphans();
        _state.Index.History.Publish();
        _state.ReadableRevision = _state.Revision;
        if (replay.CompactRevision > _state.Index.CompactRevision)
        {
            _state.Index.Compact(replay.CompactRevision);
            _state.Index.Prune(replay.CompactRevision - 1, int.MaxValue);
        }
    }

    // A lease may be revoked between the revision of a snapshot and the moment its leases are written. The log then has
    // the deletion of its keys, unless the snapshot was taken away and restored elsewhere: let such keys expire.
    private void RevokeOrphans()
    {
        foreach (string key in _orphans)
        {
            if (_state.Index.Newest(key) is { Lease: not 0 } orphan && !_state.Leases.Contains(orphan.Lease))
            {
                _state.Leases.Grant(orphan.Lease, 1, nowMs);
                _state.Leases.Attach(key, orphan.Lease);
            }
            else if (_state.Index.Newest(key) is { Lease: not 0 } adopted)
            {
                _state.Leases.Attach(key, adopted.Lease);
            }
        }
    }

    private readonly record struct ScannedSegment(NativeBuffer Buffer, LogScanResult Result);

    // Segments are large and soon done with, so they don't come from the garbage collected heap.
    private sealed unsafe class NativeBuffer : IDisposable
    {
        private byte* _bytes;
        private int _capacity;
        private int _length;

        public ReadOnlySpan<byte> Bytes => new(_bytes, _length);

        public Span<byte> Take(int length)
        {
            if (length > _capacity)
            {
                _bytes = (byte*)NativeMemory.Realloc(_bytes, (nuint)length);
                _capacity = length;
            }
            _length = length;
            return new Span<byte>(_bytes, length);
        }

        public void Dispose() => NativeMemory.Free(_bytes);
    }
}

/// <summary>A store as it was found on the disk.</summary>
internal sealed record RecoveredStore(StoreState State, LogWriter Log, long StoreId, long SnapshotBytes);
