using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Log;

namespace Keelson.Store.Embedded;

/// <summary>
/// Writes one snapshot into the store's directory, a block a step, so that a simulation can let anything happen in
/// between. It goes into a file with another name, which is renamed when all of it is on the disk.
/// </summary>
internal sealed class SnapshotJob(
    Compactor compactor, IDisk disk, EmbeddedStoreOptions options, SnapshotWriter writer, Compactor.Pin pin)
{
    // Little enough at once that the log's own syncs don't have to wait long for it.
    private const int SyncEveryBlocks = 4;

    private readonly string _name = new SnapshotFile(0, pin.Revision).FileName;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDiskFile? _file;
    private int _blocks;

    public long Revision { get; } = pin.Revision;

    /// <summary>Completes when the job has ended, well or not.</summary>
    public Task Done => _done.Task;

    private string TemporaryName => _name + LogWriter.TemporarySuffix;

    /// <summary>Does the next step; false once the job has ended.</summary>
    public bool Step()
    {
        bool goesOn = false;
        try
        {
            goesOn = WriteBlock();
        }
        catch (IOException exception)
        {
            // The log is still whole, so nothing is lost; the next compaction tries again.
            options.OnNotice?.Invoke($"writing the snapshot {disk.PathOf(_name)} failed: {exception.Message}");
            GiveSpaceBack();
        }
        finally
        {
            if (!goesOn)
            {
                End();
            }
        }
        return goesOn;
    }

    /// <summary>Ends a job that is not to be finished.</summary>
    public void Abandon()
    {
        if (!_done.Task.IsCompleted)
        {
            End();
        }
    }

    private void GiveSpaceBack()
    {
        try
        {
            if (disk.List().Contains(TemporaryName))
            {
                disk.Delete(TemporaryName);
            }
        }
        catch (IOException)
        {
            // What is left is deleted when the store is opened the next time.
        }
    }

    private bool WriteBlock()
    {
        _file ??= disk.Create(TemporaryName);
        long offset = writer.Offset;
        ReadOnlySpan<byte> block = writer.NextBlock().Span;
        if (!block.IsEmpty)
        {
            _file.Write(block, offset);
            if (++_blocks % SyncEveryBlocks == 0)
            {
                _file.Sync();
            }
            return true;
        }
        _file.Sync();
        options.Failpoint?.Invoke(Failpoint.BeforeSnapshotRename);
        disk.Rename(TemporaryName, _name);
        disk.SyncDirectory();
        options.Failpoint?.Invoke(Failpoint.AfterSnapshotRename);
        compactor.OnWritten(this, offset);
        return false;
    }

    private void End()
    {
        _file?.Dispose();
        compactor.OnEnded(this, pin);
        _done.TrySetResult();
    }
}
