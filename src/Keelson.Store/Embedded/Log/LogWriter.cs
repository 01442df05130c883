using Keelson.Store.Embedded.Disk;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// Appends frames to the newest segment and begins the next one when it is full. For one thread, but for
/// <see cref="DeleteBefore"/> and the figures.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    internal const string TemporarySuffix = ".tmp";

    private readonly IDisk _disk;
    private readonly int _segmentBytes;

    // Guards the list; the last element is the segment being written.
    private readonly Lock _lock = new();
    private readonly List<(LogSegment Segment, long Bytes)> _segments;
    private IDiskFile _file;
    private LogSegment _segment;
    private long _offset;
    private long _nextSequence;

    private LogWriter(IDisk disk, int segmentBytes, List<(LogSegment, long)> segments, IDiskFile file, long sequence)
    {
        _disk = disk;
        _segmentBytes = segmentBytes;
        _segments = segments;
        _file = file;
        (_segment, _offset) = _segments[^1];
        _nextSequence = sequence;
    }

    /// <summary>Bytes of log on the disk, without room reserved ahead.</summary>
    public long TotalBytes
    {
        get
        {
            lock (_lock)
            {
                return _segments.Sum(segment => segment.Bytes);
            }
        }
    }

    /// <summary>Begins the log of a new store, or of one restored from a snapshot.</summary>
    public static LogWriter Begin(IDisk disk, int segmentBytes, long storeId, long baseRevision)
    {
        LogSegment segment = new(storeId, 1, 1, baseRevision);
        IDiskFile file = CreateSegment(disk, segment, segmentBytes);
        return new LogWriter(disk, segmentBytes, [(segment, LogSegment.HeaderLength)], file, 1);
    }

    /// <summary>
    /// Goes on behind the frames that recovery found; the sizes are those of the segments up to their last frames.
    /// </summary>
    public static LogWriter Continue(
        IDisk disk, int segmentBytes, List<(LogSegment Segment, long Bytes)> segments, long nextSequence)
    {
        (LogSegment last, long end) = segments[^1];
        IDiskFile file = disk.Open(last.FileName);
        // Whatever stands behind the last frame goes, and zeros take its place.
        file.SetLength(end);
        TryReserve(file, Math.Max(segmentBytes, end));
        file.Sync();
        return new LogWriter(disk, segmentBytes, segments, file, nextSequence);
    }

    /// <summary>
    /// Writes a frame whose payload stands behind room for the header. On <see cref="DiskFullException"/> the log is as
    /// before. Nothing survives power loss before <see cref="Sync"/>.
    /// </summary>
    public void Append(ByteWriter frame, long baseRevision)
    {
        // Header and payload are in the buffer; padding and end mark come with sealing.
        long length = ((frame.Length + 7) & ~7L) + LogFrame.EndMarkLength;
        if (_offset + length > _segmentBytes && _offset > LogSegment.HeaderLength)
        {
            Roll(baseRevision, length);
        }
        LogFrame.Seal(frame, _nextSequence, baseRevision, _segment.Number, _offset);
        try
        {
            _file.Write(frame.Written, _offset);
        }
        catch (DiskFullException)
        {
            _file.SetLength(_offset);
            TryReserve(_file, _segmentBytes);
            throw;
        }
        _offset += frame.Length;
        _nextSequence++;
        lock (_lock)
        {
            _segments[^1] = (_segment, _offset);
        }
    }

    public void Sync() => _file.Sync();

    /// <summary>Bytes in segments that hold nothing newer than <paramref name="revision"/>.</summary>
    public long BytesBefore(long revision)
    {
        lock (_lock)
        {
            return _segments.Take(CountBefore(revision)).Sum(segment => segment.Bytes);
        }
    }

    /// <summary>Deletes segments that hold nothing newer than <paramref name="revision"/>. From any thread.</summary>
    public void DeleteBefore(long revision)
    {
        List<LogSegment> obsolete;
        lock (_lock)
        {
            int count = CountBefore(revision);
            obsolete = [.. _segments.Take(count).Select(segment => segment.Segment)];
            _segments.RemoveRange(0, count);
        }
        // The oldest first: what remains after a crash is without a gap.
        foreach (LogSegment segment in obsolete)
        {
            _disk.Delete(segment.FileName);
            _disk.SyncDirectory();
        }
    }

    public void Dispose() => _file.Dispose();

    private static IDiskFile CreateSegment(IDisk disk, LogSegment segment, long length)
    {
        string temporary = segment.FileName + TemporarySuffix;
        IDiskFile file = disk.Create(temporary);
        try
        {
            file.Allocate(length);
            file.Write(segment.Header(), 0);
            file.Sync();
            disk.Rename(temporary, segment.FileName);
            disk.SyncDirectory();
            return file;
        }
        catch (DiskFullException)
        {
            file.Dispose();
            disk.Delete(temporary);
            throw;
        }
    }

    // A log without reserve works, only slower.
    private static void TryReserve(IDiskFile file, long length)
    {
        try
        {
            file.Allocate(length);
        }
        catch (DiskFullException)
        {
        }
    }

    // A segment is obsolete when the next one begins at or before the revision.
    private int CountBefore(long revision)
    {
        int count = 0;
        while (count + 1 < _segments.Count && _segments[count + 1].Segment.BaseRevision <= revision)
        {
            count++;
        }
        return count;
    }

    private void Roll(long baseRevision, long frameLength)
    {
        // No zeros may stay behind the last frame: only the newest segment may end in something that isn't a frame.
        _file.SetLength(_offset);
        _file.Sync();
        LogSegment next = new(_segment.StoreId, _segment.Number + 1, _nextSequence, baseRevision);
        IDiskFile file = CreateSegment(_disk, next, Math.Max(_segmentBytes, LogSegment.HeaderLength + frameLength));
        _file.Dispose();
        _file = file;
        _segment = next;
        _offset = LogSegment.HeaderLength;
        lock (_lock)
        {
            _segments.Add((next, _offset));
        }
    }
}
