using Keelson.Store.Embedded.Disk;
using Keelson.Store.Embedded.Log;

namespace Keelson.Store.Embedded;

/// <summary>Makes a store's files out of a snapshot.</summary>
internal static class SnapshotRestore
{
    private const string TemporaryName = "restore" + LogWriter.TemporarySuffix;

    public static async Task<long> RunAsync(
        IDisk disk, Stream source, EmbeddedStoreOptions options, CancellationToken cancellationToken)
    {
        using IDisposable directoryLock = disk.Lock();
        bool IsOfStore(string name) => LogSegment.IsFileName(name) || SnapshotFile.IsFileName(name);
        if (disk.List().FirstOrDefault(IsOfStore) is { } used)
        {
            throw new IOException($"there is a store already: {disk.PathOf(used)}");
        }
        SnapshotFile snapshot = await CopyAsync(disk, source, cancellationToken).ConfigureAwait(false);
        // The log first: a crash in between leaves a log that lacks its snapshot, which no store starts with.
        LogWriter.Begin(disk, options.SegmentBytes, snapshot.StoreId, snapshot.Revision).Dispose();
        disk.Rename(TemporaryName, snapshot.FileName);
        disk.SyncDirectory();
        return snapshot.Revision;
    }

    private static async Task<SnapshotFile> CopyAsync(IDisk disk, Stream source, CancellationToken cancellationToken)
    {
        using IDiskFile file = disk.Create(TemporaryName);
        byte[] buffer = new byte[1 << 20];
        long offset = 0;
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            file.Write(buffer.AsSpan(0, read), offset);
            offset += read;
        }
        file.Sync();
        return SnapshotReader.Read(file, disk.PathOf(TemporaryName)).Snapshot;
    }
}
