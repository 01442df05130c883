using System.Runtime;
using Keelson.Store.Embedded.Disk;

namespace Keelson.Store.Embedded.Log;

/// <summary>
/// Keeps the garbage collector from running while a store is loaded: everything that loading allocates stays, so a
/// collection would find nothing to free and copy all of it, which takes longer than the loading. Only a hint: if the
/// runtime can't, or more is allocated than thought, collections happen.
/// </summary>
internal readonly struct RecoveryHeap : IDisposable
{
    // Small stores load in no time either way.
    private const long WorthwhileBytes = 64 << 20;
    private readonly bool _isReserved;

    private RecoveryHeap(bool isReserved) => _isReserved = isReserved;

    public static RecoveryHeap Reserve(IDisk disk)
    {
        long bytes = 0;
        foreach (string name in disk.List().Where(name => LogSegment.IsFileName(name) || SnapshotFile.IsFileName(name)))
        {
            using IDiskFile file = disk.Open(name);
            bytes += file.Length;
        }
        // The index takes some 250 bytes a key beside its value; a quarter more than the files covers values of 1 KB.
        bytes += bytes / 4;
        if (bytes < WorthwhileBytes || bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2)
        {
            return default;
        }
        try
        {
            return new RecoveryHeap(GC.TryStartNoGCRegion(bytes));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return default;
        }
    }

    public void Dispose()
    {
        // The runtime leaves the region by itself when more is allocated than was reserved.
        if (_isReserved && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }
    }
}
